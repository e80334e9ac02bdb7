package io.github.redissessionscaler.testing;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.stream.Stream;

/** Resolves names of the tests' own, one of them as long as it is switched on, and leaves all others to the JDK. */
public final class SwitchedNames extends InetAddressResolverProvider {

    /** Leads to loopback while it resolves. */
    public static final String NAME = "redis.switched.test";

    /** Leads to 127.0.0.2 and 127.0.0.3. */
    public static final String TWO_ADDRESSES = "redis.two.test";

    private static volatile boolean resolving = true;

    /** Whether the name resolves from now on. The JDK remembers an answer for some seconds. */
    public static void resolve(boolean on) {
        resolving = on;
    }

    @Override
    public InetAddressResolver get(Configuration configuration) {
        InetAddressResolver builtin = configuration.builtinResolver();
        return new InetAddressResolver() {
            @Override
            public Stream<InetAddress> lookupByName(String host, LookupPolicy policy) throws UnknownHostException {
                if (host.equals(TWO_ADDRESSES)) {
                    return Stream.of(address(host, 2), address(host, 3));
                }
                if (!host.equals(NAME)) {
                    return builtin.lookupByName(host, policy);
                }
                if (!resolving) {
                    throw new UnknownHostException(host);
                }
                return Stream.of(address(host, 1));
            }

            private static InetAddress address(String host, int last) throws UnknownHostException {
                return InetAddress.getByAddress(host, new byte[] {127, 0, 0, (byte) last});
            }

            @Override
            public String lookupByAddress(byte[] address) throws UnknownHostException {
                return builtin.lookupByAddress(address);
            }
        };
    }

    @Override
    public String name() {
        return "switched";
    }
}

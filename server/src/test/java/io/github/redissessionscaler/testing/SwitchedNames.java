package io.github.redissessionscaler.testing;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.stream.Stream;

/** Resolves one name of the tests' own, as long as it is switched on, and leaves all others to the JDK. */
public final class SwitchedNames extends InetAddressResolverProvider {

    /** Leads to loopback while it resolves. */
    public static final String NAME = "redis.switched.test";

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
                if (!host.equals(NAME)) {
                    return builtin.lookupByName(host, policy);
                }
                if (!resolving) {
                    throw new UnknownHostException(host);
                }
                return Stream.of(InetAddress.getByAddress(host, new byte[] {127, 0, 0, 1}));
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

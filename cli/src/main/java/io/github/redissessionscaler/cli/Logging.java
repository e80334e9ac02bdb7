package io.github.redissessionscaler.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import io.github.redissessionscaler.config.ServerConfig.LogFormat;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;
import org.slf4j.spi.LoggingEventBuilder;

/** Where the log goes: standard error, as text or as one JSON object a line. Found by Logback itself at the first logger. */
public final class Logging extends ContextAwareBase implements Configurator {

    private static final String TEXT = "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %msg %kvp{NONE}%n%ex{short}";

    /** Warns of every stream whose client has gone, with a stack trace; thousands may disconnect at the same time. */
    private static final String CLIENTS_THAT_VANISH = "io.grpc.netty.NettyServerHandler";

    /** Warns of each attempt to read an API that is not available, where the scaler logs once what is wrong. */
    private static final String KUBERNETES_CLIENT = "io.fabric8";

    /** Warns in a container without a network interface, where Netty makes an identifier of random bytes. */
    private static final String MAC_ADDRESS = "io.netty.util.internal.MacAddressUtil";

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        write(context, LogFormat.TEXT, "warn");
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** Logs from now on in this format, from this level up. What gRPC logs by java.util.logging comes along, see {@link LibraryLog}. */
    static void use(LogFormat format, String level) {
        write((LoggerContext) LoggerFactory.getILoggerFactory(), format, level);
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
    }

    private static void write(LoggerContext context, LogFormat format, String level) {
        context.reset();
        Encoder<ILoggingEvent> encoder = switch (format) {
            case TEXT -> text();
            case JSON -> new JsonLines();
        };
        encoder.setContext(context);
        encoder.start();
        var standardError = new ConsoleAppender<ILoggingEvent>();
        standardError.setContext(context);
        standardError.setTarget("System.err");
        standardError.setEncoder(encoder);
        standardError.start();
        var root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        root.addAppender(standardError);
        context.getLogger("io.github.redissessionscaler").setLevel(Level.toLevel(level));
        context.addTurboFilter(
                new LibraryLog(context.getLogger(LibraryLog.class), () -> Instant.EPOCH.plusNanos(System.nanoTime())));
        context.getLogger(CLIENTS_THAT_VANISH).setLevel(Level.ERROR);
        context.getLogger(MAC_ADDRESS).setLevel(Level.ERROR);
        context.getLogger(KUBERNETES_CLIENT).setLevel(Level.OFF);
    }

    private static Encoder<ILoggingEvent> text() {
        var encoder = new PatternLayoutEncoder();
        encoder.setPattern(TEXT);
        return encoder;
    }

    /** Logs why the scaler does not start. */
    static void error(String problem, Optional<Exception> stackTrace) {
        LoggingEventBuilder line = LoggerFactory.getLogger(Logging.class).atError();
        stackTrace.map(line::setCause).orElse(line).log("{}", problem);
    }
}

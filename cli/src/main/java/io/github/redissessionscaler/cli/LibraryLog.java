package io.github.redissessionscaler.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import io.github.redissessionscaler.background.LogLimit;
import io.github.redissessionscaler.input.Printable;
import java.time.InstantSource;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.helpers.FormattingTuple;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Writes what libraries log as one line each, without a stack trace unless debugging is on, and limits the lines of each of
 * their loggers. Netty and gRPC log much that a client can cause with a stack trace each time.
 */
final class LibraryLog extends TurboFilter {

    private static final String OURS = "io.github.redissessionscaler";

    /** Characters of a line. */
    private static final int LONGEST = 500;

    private final Logger log;
    private final InstantSource clock;
    private final ConcurrentMap<String, LogLimit> limits = new ConcurrentHashMap<>();

    /**
     * Has written nothing yet.
     *
     * @param log where the lines go
     * @param clock one that does not jump
     */
    LibraryLog(Logger log, InstantSource clock) {
        this.log = log;
        this.clock = clock;
    }

    /** Without a format, the call only asks whether a line would be logged. */
    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String format,
            Object @Nullable [] arguments,
            @Nullable Throwable thrown) {
        if (format == null
                || logger.getName().startsWith(OURS)
                || !level.isGreaterOrEqual(logger.getEffectiveLevel())) {
            return FilterReply.NEUTRAL;
        }
        limits.computeIfAbsent(logger.getName(), name -> new LogLimit(log, "lines of " + name, clock))
                .log(() -> write(logger.getName(), level, format, arguments, thrown));
        return FilterReply.DENY;
    }

    private void write(
            String logger, Level level, String format, Object @Nullable [] arguments, @Nullable Throwable thrown) {
        FormattingTuple formatted = MessageFormatter.arrayFormat(format, arguments);
        var words = new StringBuilder(String.valueOf(formatted.getMessage()));
        Throwable last = thrown == null ? formatted.getThrowable() : thrown;
        for (Throwable cause = last; cause != null; cause = cause.getCause()) {
            words.append(": ").append(cause);
        }
        LoggingEventBuilder line = level.isGreaterOrEqual(Level.ERROR) ? log.atError() : log.atWarn();
        if (last != null && log.isDebugEnabled()) {
            line = line.setCause(last);
        }
        line.addKeyValue("logger", logger).log("{}", Printable.plain(words.toString(), LONGEST));
    }
}

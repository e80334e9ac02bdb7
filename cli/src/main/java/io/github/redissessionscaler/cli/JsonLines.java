package io.github.redissessionscaler.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.List;
import org.slf4j.event.KeyValuePair;

/**
 * Writes each log line as one JSON object: {@code time} (RFC 3339, UTC, milliseconds), {@code level}, {@code logger},
 * {@code message}, the pairs of the line as fields of their own, and {@code exception} with a stack trace.
 */
final class JsonLines extends EncoderBase<ILoggingEvent> {

    private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

    private static final DateTimeFormatter TIME =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

    @Override
    public byte[] headerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        var line = new JsonObject();
        line.addProperty("time", TIME.format(Instant.ofEpochMilli(event.getTimeStamp())));
        line.addProperty("level", event.getLevel().toString());
        line.addProperty("logger", event.getLoggerName());
        line.addProperty("message", event.getFormattedMessage());
        List<KeyValuePair> pairs = event.getKeyValuePairs();
        if (pairs != null) {
            pairs.forEach(pair -> add(line, pair));
        }
        IThrowableProxy thrown = event.getThrowableProxy();
        if (thrown != null) {
            line.addProperty("exception", ThrowableProxyUtil.asString(thrown));
        }
        return (GSON.toJson(line) + '\n').getBytes(UTF_8);
    }

    private static void add(JsonObject line, KeyValuePair pair) {
        if (pair.value instanceof Number number) {
            line.addProperty(pair.key, number);
        } else if (pair.value instanceof Boolean bool) {
            line.addProperty(pair.key, bool);
        } else {
            line.addProperty(pair.key, String.valueOf(pair.value));
        }
    }

    @Override
    public byte[] footerBytes() {
        return new byte[0];
    }
}

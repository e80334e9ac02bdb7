package io.github.redissessionscaler.identity;

import static java.net.http.HttpRequest.BodyPublishers.noBody;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.github.redissessionscaler.background.WholeResponse;
import io.github.redissessionscaler.config.Secret;
import io.github.redissessionscaler.input.Causes;
import io.github.redissessionscaler.input.Printable;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Requests to token services. No message quotes a reply, except for an error code, because a reply may contain a token. */
final class Http {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** Longest reply, in bytes. */
    private static final int LONGEST = 64 * 1024;

    private static final int OK = 200;

    /** What token services call the kind of an error: a word, in XML or JSON. */
    private static final Pattern ERROR_CODE = Pattern.compile(
            "(?:<Code>|\"(?:error|code|Code|__type)\"\\s*:\\s*\")(?<code>[A-Za-z_.:-]{1,64})(?:<|\")|(?<entra>AADSTS\\d{1,10})");

    private Http() {}

    static String get(URI uri, Map<String, String> headers) throws TokenException {
        return send("GET", uri, headers, Optional.empty());
    }

    static String put(URI uri, Map<String, String> headers) throws TokenException {
        return send("PUT", uri, headers, Optional.empty());
    }

    static String postForm(URI uri, Map<String, String> form) throws TokenException {
        String body = form.entrySet().stream()
                .map(field -> encoded(field.getKey()) + "=" + encoded(field.getValue()))
                .collect(Collectors.joining("&"));
        return send("POST", uri, Map.of("Content-Type", "application/x-www-form-urlencoded"), Optional.of(body));
    }

    static String postJson(URI uri, String body, String bearer) throws TokenException {
        return send(
                "POST",
                uri,
                Map.of("Content-Type", "application/json", "Authorization", "Bearer " + bearer),
                Optional.of(body));
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8);
    }

    private static String send(String method, URI uri, Map<String, String> headers, Optional<String> body)
            throws TokenException {
        return send(method, uri, headers, body, TIMEOUT);
    }

    /**
     * Sends a request, and returns the body of the reply.
     *
     * @param within for the whole request and reply
     * @throws TokenException if there is no reply with status 200 within the time
     */
    static String send(String method, URI uri, Map<String, String> headers, Optional<String> body, Duration within)
            throws TokenException {
        String where = uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
        HttpClient.Builder client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
        if (!uri.getScheme().equals("https")) {
            // services of the machine are never behind a proxy
            client.proxy(HttpClient.Builder.NO_PROXY);
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .method(method, body.map(BodyPublishers::ofString).orElse(noBody()));
        headers.forEach(request::header);
        try {
            HttpResponse<String> reply = WholeResponse.of(
                    client, request.build(), BodyHandlers.limiting(BodyHandlers.ofString(UTF_8), LONGEST), within);
            if (reply.statusCode() != OK) {
                throw new TokenException(
                        where + " answered with status " + reply.statusCode() + errorCode(reply.body()));
            }
            return reply.body();
        } catch (HttpTimeoutException e) {
            throw new TokenException(where + " did not answer completely within " + within.toMillis() + " ms", e);
        } catch (IOException e) {
            throw new TokenException(where + " cannot be reached: " + Causes.describe(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TokenException(where + " was not waited for", e);
        }
    }

    /** The code of an error reply, to follow its status. */
    private static String errorCode(String reply) {
        Matcher code = ERROR_CODE.matcher(reply);
        var codes = new StringBuilder();
        while (code.find() && codes.length() < LONGEST / 1024) {
            codes.append(codes.isEmpty() ? ", " : " ")
                    .append(code.group("code") == null ? code.group("entra") : code.group("code"));
        }
        return codes.toString();
    }

    /**
     * The object in a JSON reply.
     *
     * @param service for the message
     */
    static JsonObject object(String reply, String service) throws TokenException {
        try {
            if (JsonParser.parseString(reply) instanceof JsonObject object) {
                return object;
            }
        } catch (JsonParseException e) {
            // the message would quote the reply
        }
        throw new TokenException(service + " did not answer with a JSON object");
    }

    static String text(JsonObject object, String name, String service) throws TokenException {
        JsonElement value = object.get(name);
        if (value != null && value.isJsonPrimitive() && !value.getAsString().isEmpty()) {
            return value.getAsString();
        }
        throw new TokenException(service + " answered without " + name);
    }

    static Instant instant(String text, String service) throws TokenException {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw new TokenException(service + " answered with an expiry that is no time", e);
        }
    }

    static long seconds(JsonObject object, String name, String service) throws TokenException {
        try {
            return Long.parseLong(text(object, name, service));
        } catch (NumberFormatException e) {
            throw new TokenException(service + " answered with " + name + " that is no number of seconds", e);
        }
    }

    /** The content of a file with a token, without white space at its ends. */
    static String read(Path file) throws TokenException {
        try {
            String content = Files.readString(file).strip();
            if (content.isEmpty()) {
                throw new TokenException("the file " + Printable.plain(file.toString(), 500) + " is empty");
            }
            return content;
        } catch (IOException e) {
            throw new TokenException(
                    "the file " + Printable.plain(file.toString(), 500) + " cannot be read: " + Causes.describe(e), e);
        }
    }

    static String read(Secret secret) throws TokenException {
        return switch (secret) {
            case Secret.Literal(String value) -> value;
            case Secret.InFile(Path path) -> read(path);
            case Secret.Token _ -> throw new TokenException("a token cannot be used for another");
        };
    }
}

package io.github.redissessionscaler.cli;

import static java.util.Objects.requireNonNull;

import io.github.redissessionscaler.background.WholeResponse;
import io.github.redissessionscaler.input.Causes;
import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.input.Printable;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/**
 * Reads the text that an option names. All methods block, and throw an {@link InvalidInputException} that names the option and
 * shows no password of a URL.
 */
final class InputText {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final int MEBIBYTE = 1 << 20;

    /** Of a response, and of a text that is needed as a whole; the launcher's heap has room for it. */
    private static final int MOST_BYTES = 8 * MEBIBYTE;

    /** Of a line of a text that is read line by line. */
    private static final int LONGEST_LINE = 2 * MEBIBYTE;

    private static final int UTF_8_MARK = 0xFEFF;

    private static final int OK = 200;

    /** A scheme, which may be missing before a colon, and what may be a user and a password with any characters. */
    private static final Pattern USER = Pattern.compile("^((?:[\\w+.-]+:)?//|(?=[^/]*:)).*@", Pattern.DOTALL);

    private InputText() {}

    /** Reads a file, or standard input for a hyphen. */
    static String ofFile(String option, String file) {
        try (InputStream bytes = open(file)) {
            byte[] text = bytes.readNBytes(MOST_BYTES + 1);
            if (text.length > MOST_BYTES) {
                throw InvalidInputException.of(
                        option,
                        withoutUser(file) + " has more than " + MOST_BYTES / MEBIBYTE + " MiB; give another file");
            }
            return unmarked(decoded(new ByteArrayInputStream(text))).readAllAsString();
        } catch (IOException | InvalidPathException e) {
            throw unreadable(option, file, Causes.describe(e));
        }
    }

    private static InputStream open(String file) throws IOException {
        return file.equals("-") ? System.in : Files.newInputStream(Path.of(file));
    }

    /** UTF-8, or UTF-16 with a byte order mark, as some programs of Windows write it. */
    private static Reader decoded(InputStream text) throws IOException {
        var bytes = new BufferedInputStream(text);
        bytes.mark(2);
        int mark = bytes.read() << 8 | bytes.read();
        bytes.reset();
        boolean marked = mark == 0xFEFF || mark == 0xFFFE;
        return new InputStreamReader(bytes, (marked ? StandardCharsets.UTF_16 : StandardCharsets.UTF_8).newDecoder());
    }

    /** The text without a byte order mark. */
    private static BufferedReader unmarked(Reader text) throws IOException {
        var buffered = new BufferedReader(text);
        buffered.mark(1);
        if (buffered.read() != UTF_8_MARK) {
            buffered.reset();
        }
        return buffered;
    }

    /**
     * Reads the lines of a file, of standard input for a hyphen, or of a URL.
     *
     * @param result makes the result of the lines; it need not keep them in memory
     */
    static <T> T ofLines(String option, String from, Function<Stream<String>, T> result) throws InterruptedException {
        boolean isUrl = from.startsWith("http://") || from.startsWith("https://");
        try (Reader text = isUrl ? new StringReader(get(option, from)) : decoded(open(from));
                BufferedReader lines = unmarked(new ShortLines(text, LONGEST_LINE, () -> longLine(option, from)))) {
            return result.apply(lines.lines());
        } catch (UncheckedIOException e) {
            throw unreadable(option, from, Causes.describe(requireNonNull(e.getCause())));
        } catch (IOException | InvalidPathException e) {
            throw unreadable(option, from, Causes.describe(e));
        }
    }

    private static InvalidInputException longLine(String option, String from) {
        return InvalidInputException.of(
                option,
                withoutUser(from) + " has a line of more than " + LONGEST_LINE / MEBIBYTE
                        + " MiB; in a result of Prometheus, ask for fewer series or a shorter time");
    }

    /** The body of the response, also of one with an error if it is JSON. A user and password of the URL are sent as basic authentication. */
    private static String get(String option, String url) throws InterruptedException {
        HttpText response = request(option, url, url, Optional.empty());
        if (response.status() != OK && !response.isJson()) {
            throw InvalidInputException.of(option, withoutUser(url) + " " + response.problem());
        }
        return response.body();
    }

    /**
     * Sends a GET request. A user and password of the URL are sent as basic authentication. Credentials are sent to no other server: a
     * redirection is then not followed.
     *
     * @param shown what the option says, for errors
     * @param token a bearer token
     */
    static HttpText request(String option, String shown, String url, Optional<String> token)
            throws InterruptedException {
        return request(option, shown, url, token, PATIENCE);
    }

    /**
     * The same.
     *
     * @param within for the whole response
     */
    static HttpText request(String option, String shown, String url, Optional<String> token, Duration within)
            throws InterruptedException {
        try {
            URI uri = URI.create(url);
            Optional<String> user = Optional.ofNullable(uri.getRawUserInfo());
            Optional<String> authorization = token.map(text -> "Bearer " + text)
                    .or(() -> Optional.ofNullable(uri.getUserInfo())
                            .map(text -> "Basic "
                                    + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8))));
            URI target = user.map(text -> URI.create(url.replaceFirst(Pattern.quote(text + "@"), "")))
                    .orElse(uri);
            return send(option, shown, target, authorization, within);
        } catch (HttpTimeoutException _) {
            throw unreadable(option, shown, "no complete answer in time");
        } catch (SSLException _) {
            throw unreadable(option, shown, "the server's certificate is not trusted, or it does not use TLS there");
        } catch (IOException e) {
            throw unreadable(option, shown, Causes.describe(e));
        } catch (IllegalArgumentException _) {
            throw InvalidInputException.of(
                    option, withoutUser(shown) + " is not a URL such as http://host:9090" + hint(shown));
        }
    }

    private static HttpText send(
            String option, String shown, URI target, Optional<String> authorization, Duration within)
            throws IOException, InterruptedException {
        HttpClient.Builder client = HttpClient.newBuilder()
                .followRedirects(authorization.isPresent() ? HttpClient.Redirect.NEVER : HttpClient.Redirect.NORMAL);
        var request = HttpRequest.newBuilder(target);
        authorization.ifPresent(value -> request.header("Authorization", value));
        var body = new ByteArrayOutputStream();
        HttpResponse<Void> response = WholeResponse.of(
                client,
                request.build(),
                BodyHandlers.ofByteArrayConsumer(part -> part.ifPresent(bytes -> {
                    if (body.size() <= MOST_BYTES) {
                        body.writeBytes(bytes);
                    }
                })),
                within);
        if (body.size() > MOST_BYTES) {
            throw InvalidInputException.of(
                    option,
                    withoutUser(shown) + " returns more than " + MOST_BYTES / MEBIBYTE
                            + " MiB; ask for fewer series or a shorter time");
        }
        return new HttpText(
                response.statusCode(),
                response.headers().firstValue("Location"),
                body.toString(StandardCharsets.UTF_8));
    }

    private static InvalidInputException unreadable(String option, String from, String why) {
        return InvalidInputException.of(option, withoutUser(from) + " cannot be read: " + why);
    }

    private static String hint(String url) {
        return url.contains("@") ? "; in a user name or a password, write %2F for / and %40 for @" : "";
    }

    /** For errors: quoted, and without user and password, that is without all before the last @ of what may be a URL. */
    static String withoutUser(String from) {
        return Printable.of(USER.matcher(from).replaceFirst("$1"));
    }
}

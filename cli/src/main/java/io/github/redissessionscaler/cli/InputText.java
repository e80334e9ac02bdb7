package io.github.redissessionscaler.cli;

import io.github.redissessionscaler.input.Causes;
import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.input.Printable;
import java.io.IOException;
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

/**
 * Reads the text that an option names. All methods block, and throw an {@link InvalidInputException} that names the option and
 * shows no password of a URL.
 */
final class InputText {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private InputText() {}

    /** Reads a file, or standard input for a hyphen. */
    static String ofFile(String option, String file) {
        try {
            return file.equals("-")
                    ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                    : Files.readString(Path.of(file));
        } catch (IOException | InvalidPathException e) {
            throw unreadable(option, file, Causes.describe(e));
        }
    }

    /** Reads a file, standard input for a hyphen, or a URL. */
    static String of(String option, String from) throws InterruptedException {
        return from.startsWith("http://") || from.startsWith("https://")
                ? get(option, from, from)
                : ofFile(option, from);
    }

    /**
     * The body of the response, also of one with an error if it is JSON.
     *
     * @param shown what the option says, for errors
     */
    static String get(String option, String shown, String url) throws InterruptedException {
        try (HttpClient http = HttpClient.newBuilder()
                .connectTimeout(PATIENCE)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build()) {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(url)).timeout(PATIENCE).build();
            HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
            if (response.statusCode() != 200 && !response.body().stripLeading().startsWith("{")) {
                throw InvalidInputException.of(option, withoutUser(shown) + " answers " + response.statusCode());
            }
            return response.body();
        } catch (HttpTimeoutException _) {
            throw unreadable(option, shown, "no answer in time");
        } catch (IOException e) {
            throw unreadable(option, shown, Causes.describe(e));
        } catch (IllegalArgumentException _) {
            throw InvalidInputException.of(option, withoutUser(shown) + " is not a URL such as http://host:9090");
        }
    }

    private static InvalidInputException unreadable(String option, String from, String why) {
        return InvalidInputException.of(option, withoutUser(from) + " cannot be read: " + why);
    }

    private static String withoutUser(String from) {
        return Printable.of(from.replaceAll("//[^/]*@", "//"));
    }
}

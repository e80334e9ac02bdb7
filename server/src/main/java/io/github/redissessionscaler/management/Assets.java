package io.github.redissessionscaler.management;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The files of the status page, read from the class path. */
final class Assets {

    private static final String PAGE = "index.html";

    private static final List<String> FILES =
            List.of(PAGE, "status.css", "status.js", "table.js", "detail.js", "band.js", "plot.js", "words.js");

    private Assets() {}

    /** Each file by name, and the page as {@code /}. */
    static Map<String, Endpoint> endpoints() {
        Map<String, Endpoint> endpoints = new HashMap<>();
        for (String file : FILES) {
            Response response = read(file);
            endpoints.put(file.equals(PAGE) ? "/" : "/" + file, parameters -> {
                parameters.end();
                return response;
            });
        }
        return endpoints;
    }

    private static Response read(String file) {
        try (InputStream in = Assets.class.getResourceAsStream("page/" + file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is not on the class path");
            }
            byte[] body = in.readAllBytes();
            return new Response(200, type(file), out -> out.write(body), Optional.of(tag(body)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String type(String file) {
        String ending = file.substring(file.lastIndexOf('.') + 1);
        return switch (ending) {
            case "html" -> "text/html; charset=utf-8";
            case "css" -> "text/css; charset=utf-8";
            case "js" -> "text/javascript; charset=utf-8";
            default -> throw new IllegalArgumentException(file);
        };
    }

    private static String tag(byte[] body) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(body);
            return '"' + HexFormat.of().formatHex(digest, 0, 8) + '"';
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}

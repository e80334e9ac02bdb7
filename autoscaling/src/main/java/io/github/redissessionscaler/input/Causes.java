package io.github.redissessionscaler.input;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;

/** Describes why a file or an address cannot be used, without Java class names. */
public final class Causes {

    private Causes() {}

    /** A clause to follow a colon, such as {@code no such file}. It quotes no content of the file. */
    public static String describe(Throwable failure) {
        return switch (failure) {
            case NoSuchFileException _ -> "no such file";
            case AccessDeniedException _ -> "permission denied";
            case NotDirectoryException _ -> "part of the path is not a directory";
            case CharacterCodingException _ -> "not UTF-8 text";
            case UnknownHostException _ -> "no such host";
            case UnresolvedAddressException _ -> "no such host";
            case NoRouteToHostException _ -> "no route to that host";
            case SocketTimeoutException _ -> "no answer in time";
            case FileNotFoundException e -> ofMessage(e, "no such file");
            case BindException e -> ofMessage(e, "this machine does not have that address");
            case ConnectException e -> ofMessage(e, "no connection");
            case IOException e -> ofMessage(e, "cannot be read");
            default -> "unexpected error";
        };
    }

    private static String ofMessage(IOException failure, String otherwise) {
        String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        if (message.contains("connection refused")) {
            return "connection refused";
        }
        if (message.contains("no such file")) {
            return "no such file";
        }
        if (message.contains("in use")) {
            return "the port is already in use";
        }
        if (message.contains("permission denied")) {
            return failure instanceof BindException
                    ? "permission denied; ports below 1024 require root"
                    : "permission denied";
        }
        if (message.contains("is a directory")) {
            return "it is a directory";
        }
        if (message.contains("cannot assign")) {
            return "this machine does not have that address";
        }
        return otherwise;
    }
}

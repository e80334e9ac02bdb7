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

/** Says in words, without the names of Java's classes, why a file or an address cannot be used. */
public final class Causes {

    private Causes() {}

    /** A clause to put behind a colon, such as {@code there is no such file}. It quotes nothing of the content. */
    public static String words(Throwable failure) {
        return switch (failure) {
            case NoSuchFileException _ -> "there is no such file";
            case AccessDeniedException _ -> "this user may not read it";
            case NotDirectoryException _ -> "a part of its path is no directory";
            case CharacterCodingException _ -> "it is not text in UTF-8";
            case UnknownHostException _ -> "no such host";
            case UnresolvedAddressException _ -> "no such host";
            case NoRouteToHostException _ -> "no route to that host";
            case SocketTimeoutException _ -> "no answer in time";
            case FileNotFoundException e -> ofMessage(e, "there is no such file");
            case BindException e -> ofMessage(e, "this machine does not have the address");
            case ConnectException e -> ofMessage(e, "no connection");
            case IOException e -> ofMessage(e, "it cannot be read");
            default -> "unexpected error";
        };
    }

    private static String ofMessage(IOException failure, String otherwise) {
        String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        if (message.contains("connection refused")) {
            return "nothing listens there";
        }
        if (message.contains("in use")) {
            return "another program has that port";
        }
        if (message.contains("permission denied")) {
            return failure instanceof BindException
                    ? "this user may not use that port; ports below 1024 are for root"
                    : "this user may not read it";
        }
        if (message.contains("is a directory")) {
            return "it is a directory";
        }
        if (message.contains("cannot assign")) {
            return "this machine does not have the address";
        }
        return otherwise;
    }
}

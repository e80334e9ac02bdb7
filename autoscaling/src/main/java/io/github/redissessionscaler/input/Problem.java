package io.github.redissessionscaler.input;

/**
 * One defect of user input.
 *
 * @param key where it is: a metadata key, a path in the configuration file, an environment variable or an option
 * @param message what is wrong and how to fix it, to follow the key and a colon; it quotes the value unless that may be a
 *     secret
 */
public record Problem(String key, String message) {

    @Override
    public String toString() {
        return key + ": " + message;
    }
}

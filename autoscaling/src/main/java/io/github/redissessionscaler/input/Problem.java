package io.github.redissessionscaler.input;

/**
 * One defect of user input.
 *
 * @param key where it is: a metadata key, a path in the configuration file, an environment variable or an option
 * @param message what is wrong and how to mend it, a sentence that makes sense behind the key; it quotes the value that
 *     was given unless that is a secret
 */
public record Problem(String key, String message) {

    @Override
    public String toString() {
        return key + ": " + message;
    }
}

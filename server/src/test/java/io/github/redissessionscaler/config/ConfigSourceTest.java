package io.github.redissessionscaler.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.redissessionscaler.config.Setting.Effect;
import io.github.redissessionscaler.input.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ConfigSourceTest {

    @TempDir
    private Path directory;

    @Test
    void aFileThatStaysTheSameIsNoNews() throws IOException {
        var source = sourceOf("sessionSize: 50");

        assertThat(source.reread()).isEmpty();
        assertThat(source.current().sessionSize()).isEqualTo(50);
    }

    @Test
    void aMountedConfigMapIsFollowedThroughItsSymbolicLinks() throws IOException {
        mount("v1", "sessionSize: 50");
        Path file = Files.createSymbolicLink(directory.resolve("config.yaml"), Path.of("..data", "config.yaml"));
        var source = ConfigSource.of(environment(file));

        mount("v2", "sessionSize: 60");

        assertThat(source.reread())
                .hasValueSatisfying(config -> assertThat(config.sessionSize()).isEqualTo(60));
        assertThat(source.current().sessionSize()).isEqualTo(60);
    }

    @Test
    void aBrokenFileIsRefusedOnceAndTheOneBeforeStays() throws IOException {
        var source = sourceOf("sessionSize: 50");
        write("sessionSize: 60\nsesionSize: 70");

        assertThatThrownBy(source::reread)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("sesionSize: is not known; did you mean 'sessionSize'?");
        assertThat(source.reread()).isEmpty();
        assertThat(source.current().sessionSize()).isEqualTo(50);

        write("sessionSize: 70");
        assertThat(source.reread()).isPresent();
        assertThat(source.current().sessionSize()).isEqualTo(70);
    }

    @Test
    void aFileThatHasGoneIsRefused() throws IOException {
        var source = sourceOf("sessionSize: 50");
        Files.delete(directory.resolve("config.yaml"));

        assertThatThrownBy(source::reread).hasMessageContaining("cannot be read");
        assertThat(source.current().sessionSize()).isEqualTo(50);
    }

    @Test
    void anEmptiedFileThatNamedTheRedisIsRefusedAndSoIsItWhenItGoes() throws IOException {
        Path file = write("connections: {default: {address: redis}}");
        var source = ConfigSource.of(Map.of("CONFIG_FILE", file.toString()));

        write("");
        assertThatThrownBy(source::reread)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("CONFIG_FILE: '" + file + "' is empty");
        assertThat(source.reread()).isEmpty();
        Files.delete(file);
        assertThatThrownBy(source::reread)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("cannot be read: no such file");
        assertThat(source.reread()).isEmpty();
        write("");
        assertThatThrownBy(source::reread).hasMessageContaining("is empty");
        assertThat(source.current().connections()).containsOnlyKeys("default");

        write("connections: {default: {address: redis}}");
        assertThat(source.reread()).isPresent();
    }

    @Test
    void aFileThatGoesAfterItWasEmptyIsRefusedAlsoWhereAVariableNamesTheRedis() throws IOException {
        var source = sourceOf("");
        Files.delete(directory.resolve("config.yaml"));

        assertThatThrownBy(source::reread).hasMessageContaining("cannot be read");
    }

    /** The kubelet changes the file in pods that do not have the Secret of a new connection. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "passwordFile: DIR/none",
                "tls: {caFile: DIR/none}",
                "tls: {certFile: DIR/none, keyFile: DIR/config.yaml}",
                "tls: {certFile: DIR/config.yaml, keyFile: DIR/none}",
                "tls: {}, identity: {google: {credentialsFile: DIR/none}}",
                "tls: {}, identity: {azure: {tenant: t, client: c, clientSecretFile: DIR/none}}",
            })
    void aConnectionIsAdoptedWhenItsFilesCanBeRead(String settings) throws IOException {
        assertAdoptedWithItsFile("address: redis, " + settings);
    }

    @Test
    void aConnectionIsAdoptedWhenTheFilesOfItsSentinelsCanBeRead() throws IOException {
        assertAdoptedWithItsFile("sentinel: {master: main, nodes: [sentinel], passwordFile: DIR/none}");
    }

    private void assertAdoptedWithItsFile(String connection) throws IOException {
        var source = sourceOf("");
        ServerConfig before = source.current();
        write("connections: {shop: {%s}}".formatted(connection.replace("DIR", directory.toString())));

        assertThatThrownBy(source::reread)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("connections.shop.")
                .hasMessageContaining(
                        "File: '" + directory + "/none' cannot be read: no such file; provide the file, or correct");
        assertThat(source.reread()).isEmpty();
        assertThat(source.current()).isEqualTo(before);
        Files.createDirectory(directory.resolve("none"));
        assertThatThrownBy(source::reread).hasMessageContaining("none' cannot be read: it is a directory");
        Files.delete(directory.resolve("none"));
        Files.writeString(directory.resolve("none"), "hush");

        assertThat(source.reread())
                .hasValueSatisfying(config -> assertThat(config.connections()).containsKey("shop"));
        assertThat(source.reread()).isEmpty();
    }

    @Test
    void aFileThatGoesDoesNotKeepOtherChangesFromEffect() throws IOException {
        Path password = Files.writeString(directory.resolve("password"), "hush");
        String connection = "connections: {shop: {address: redis, passwordFile: '%s'NAMESPACES}}".formatted(password);
        var source = sourceOf(connection.replace("NAMESPACES", ""));
        Files.delete(password);

        assertThat(source.reread()).isEmpty();
        write("sessionSize: 60\n" + connection.replace("NAMESPACES", ", namespaces: [shop]"));

        assertThat(source.reread())
                .hasValueSatisfying(config -> assertThat(config.sessionSize()).isEqualTo(60));
    }

    @Test
    void theSocketOfRedisNeedNotBeThere() throws IOException {
        var source = sourceOf("");
        write("connections: {shop: {unixSocket: '%s/none'}}".formatted(directory));

        assertThat(source.reread()).isPresent();
    }

    /** What the reference says of each setting is what {@link ServerConfig#reloadedAs} does. */
    @ParameterizedTest
    @EnumSource(Setting.class)
    void aSettingTakesEffectWhenItIsSaidTo(Setting setting) {
        Map<String, String> original = new HashMap<>(Map.of("REDIS_ADDRESS", "redis"));
        if (setting.name().startsWith("KUBERNETES")) {
            original.put("KUBERNETES_SERVICE_HOST", "10.0.0.1");
            original.put("KUBERNETES_WATCH", String.valueOf(setting != Setting.KUBERNETES_WATCH));
        }
        Map<String, String> changed = new HashMap<>(original);
        changed.put(setting.name(), another(setting));
        if (setting.name().startsWith("GRPC_TLS")) {
            changed.put("GRPC_TLS_CERT_FILE", "a");
            changed.put("GRPC_TLS_KEY_FILE", "b");
        }
        ServerConfig before = ConfigLoader.load(original);
        ServerConfig after = ConfigLoader.load(changed);

        assertThat(after).isNotEqualTo(before);
        assertThat(before.reloadedAs(after)).isEqualTo(setting.effect() == Effect.AT_ONCE ? after : before);
    }

    private static String another(Setting setting) {
        return switch (setting.byDefault().orElse("")) {
            case "0.0.0.0" -> "127.0.0.1";
            case "text" -> "json";
            case "info" -> "debug";
            case "true" -> "false";
            case "false" -> "true";
            case String value when value.endsWith("%") -> "7%";
            case String value when value.endsWith("s") || value.endsWith("m") -> "4s";
            default -> "77";
        };
    }

    private ConfigSource sourceOf(String content) throws IOException {
        return ConfigSource.of(environment(write(content)));
    }

    private static Map<String, String> environment(Path file) {
        return Map.of("CONFIG_FILE", file.toString(), "REDIS_ADDRESS", "redis");
    }

    private Path write(String content) throws IOException {
        return Files.writeString(directory.resolve("config.yaml"), content);
    }

    /** As the kubelet does it: a new folder, and a link that is switched to it in one step. */
    private void mount(String version, String content) throws IOException {
        Files.writeString(Files.createDirectory(directory.resolve(version)).resolve("config.yaml"), content);
        Path link = Files.createSymbolicLink(directory.resolve("..data_tmp"), Path.of(version));
        Files.move(link, directory.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
    }
}

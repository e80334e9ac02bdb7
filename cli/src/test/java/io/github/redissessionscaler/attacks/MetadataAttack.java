package io.github.redissessionscaler.attacks;

import io.github.redissessionscaler.proto.GetMetricsRequest;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Metadata of triggers, and other contents of messages. */
enum MetadataAttack implements Attack {
    WIDE_TRIGGERS("triggers of wide characters", 120_000) {
        @Override
        public void on(Target target) {
            target.calls(i -> ScaledObjectRef.newBuilder()
                    .setNamespace("\u4e16".repeat(60))
                    .setName("\u754c".repeat(240) + i)
                    .putScalerMetadata("sessionSizeKey", "\u4e16".repeat(1000))
                    .putScalerMetadata("key", "\u754c".repeat(1000) + i)
                    .build());
        }
    },
    DATABASES("databases that nobody has, by pattern", 10_240) {
        @Override
        public void on(Target target) {
            target.calls(i -> ScaledObjectRef.newBuilder()
                    .setNamespace("strangers")
                    .setName("one")
                    .putScalerMetadata("databaseIndex", String.valueOf(i % 1024))
                    .putScalerMetadata("keyPattern", "*")
                    .build());
        }
    },
    PATTERNS("patterns that are expensive to match", 2_000) {
        @Override
        public void on(Target target) {
            target.calls(i -> ScaledObjectRef.newBuilder()
                    .setNamespace("strangers")
                    .setName("one")
                    .putScalerMetadata("keyPattern", "*a".repeat(200) + i)
                    .build());
        }

        @Override
        public Map<String, String> honestMetadata() {
            return Payloads.BY_PATTERN;
        }

        @Override
        public Duration time() {
            return Duration.ofMinutes(1);
        }
    },
    FIELDS("patterns with a field each, so that each needs a command for every key", 1_000_000) {
        @Override
        public void on(Target target) {
            target.calls(i -> ScaledObjectRef.newBuilder()
                    .setNamespace("strangers")
                    .setName("one")
                    .putScalerMetadata("keyPattern", "*")
                    .putScalerMetadata("accuracy", "exact")
                    .putScalerMetadata("hasField", "field-" + i % 199)
                    .build());
        }

        @Override
        public Map<String, String> honestMetadata() {
            return Payloads.BY_FIELD;
        }

        @Override
        public Duration time() {
            return Duration.ofMinutes(1);
        }
    },
    MANY_KEYS("calls with metadata of 18,000 keys, and no end", 40_000) {
        @Override
        public void on(Target target) throws IOException {
            byte[] message = GetMetricsRequest.newBuilder()
                    .setScaledObjectRef(ScaledObjectRef.newBuilder()
                            .setName("a")
                            .setNamespace("b")
                            .putAllScalerMetadata(IntStream.range(0, 12_000)
                                    .boxed()
                                    .collect(Collectors.toMap(i -> Integer.toString(i, 36), _ -> ""))))
                    .build()
                    .toByteArray();
            target.overConnections(
                    40,
                    Payloads.WINDOW,
                    (connection, _) -> connection.messageWithoutEnd(connection.begin(Payloads.GET_METRICS), message));
        }
    },
    UNKNOWN_FIELDS("calls with a message of 20,000 fields that it does not have, and no end", 40_000) {
        @Override
        public void on(Target target) throws IOException {
            byte[] message = Payloads.unknownFields(20_000);
            target.overConnections(
                    40,
                    Payloads.WINDOW,
                    (connection, _) -> connection.messageWithoutEnd(connection.begin(Payloads.GET_METRICS), message));
        }
    },
    DEEP_YAML("sources that are deep, repeat themselves, or have thousands of entries", 1_000_000) {
        @Override
        public void on(Target target) {
            List<String> sources = Payloads.strangeYaml();
            target.calls(i -> ScaledObjectRef.newBuilder()
                    .setNamespace("strangers")
                    .setName("one-" + i % 100)
                    .putScalerMetadata("sources", sources.get(i % sources.size()))
                    .build());
        }
    };

    private final String words;
    private final int most;

    MetadataAttack(String words, int most) {
        this.words = words;
        this.most = most;
    }

    @Override
    public String words() {
        return words;
    }

    @Override
    public int most() {
        return most;
    }
}

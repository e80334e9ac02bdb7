package io.github.redissessionscaler.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import io.github.redissessionscaler.config.Node;
import io.github.redissessionscaler.input.Numbers;
import io.github.redissessionscaler.keda.ScaledObject;
import io.github.redissessionscaler.trigger.MetadataKey;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A ScaledObject for a trigger that was checked, to be pasted. */
final class PrintedScaledObject {

    /** A string of JSON is one of YAML. */
    private static final Gson QUOTES = new GsonBuilder().disableHtmlEscaping().create();

    /** What KEDA takes out of a TriggerAuthentication, and hands on like metadata; one is a private key. */
    private static final Set<String> OF_AUTHENTICATION = Set.of("caCert", "tlsClientCert", "tlsClientKey");

    /** The address of a scaler that was installed as the documentation says. */
    static final String IN_CLUSTER = "redis-session-scaler.keda:6000";

    private PrintedScaledObject() {}

    /** The address for KEDA: the one that was called, unless it is on this machine. */
    static String inCluster(Node called) {
        String address = called.toString();
        return address.startsWith("127.") || address.startsWith("localhost") ? IN_CLUSTER : address;
    }

    /**
     * The object as YAML.
     *
     * @param name that of the Deployment too
     * @param scaler host and port of the scaler as KEDA sees it
     * @param tls whether the scaler speaks TLS
     * @param metadata as the trigger was checked with; a value that came as from an environment is written down
     * @param target that was in force, sessions per replica
     */
    static String of(
            String namespace,
            String name,
            String scaler,
            boolean tls,
            Map<String, String> metadata,
            double target,
            ScaledObject spec) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("scalerAddress", scaler);
        if (tls) {
            all.put("enableTLS", "true");
        }
        all.put(MetadataKey.SESSION_SIZE.text(), Numbers.plain(target));
        new TreeMap<>(metadata).forEach((key, value) -> all.put(withoutSuffix(key), value));
        all.keySet().removeAll(OF_AUTHENTICATION);
        var yaml = new StringBuilder("""
            apiVersion: keda.sh/v1alpha1
            kind: ScaledObject
            metadata:
              name: %s
              namespace: %s
            spec:
              scaleTargetRef:
            %s
            %s
            %s
              triggers:
                - type: external
                  metricType: AverageValue
                  metadata:
            """.formatted(
                        QUOTES.toJson(name),
                        QUOTES.toJson(namespace),
                        commented("    name: " + QUOTES.toJson(name), "the Deployment that is scaled"),
                        commented("  minReplicaCount: " + spec.minReplicas(), "never fewer replicas"),
                        commented("  maxReplicaCount: " + spec.maxReplicas(), "never more")));
        boolean added = all.putIfAbsent(MetadataKey.WHOLE_REPLICAS.text(), "true") == null;
        all.forEach((key, value) -> {
            String line = "        " + key + ": " + QUOTES.toJson(value);
            boolean comment = added && key.equals(MetadataKey.WHOLE_REPLICAS.text());
            yaml.append(comment ? commented(line, "one session too many starts one more") : line)
                    .append('\n');
        });
        return yaml.toString();
    }

    /** A trigger with this metadata, as an entry of {@code triggers}. */
    static String trigger(String scaler, Map<String, String> metadata) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("scalerAddress", scaler);
        all.putAll(metadata);
        all.put(MetadataKey.WHOLE_REPLICAS.text(), "true");
        var yaml = new StringBuilder("""
              - type: external
                metricType: AverageValue
                metadata:
            """);
        all.forEach((key, value) -> yaml.append("      ")
                .append(key)
                .append(": ")
                .append(QUOTES.toJson(value))
                .append('\n'));
        return yaml.toString();
    }

    private static String withoutSuffix(String key) {
        return key.endsWith(MetadataKey.FROM_ENV)
                ? key.substring(0, key.length() - MetadataKey.FROM_ENV.length())
                : key;
    }

    private static String commented(String line, String comment) {
        return "%-40s # %s".formatted(line, comment);
    }
}

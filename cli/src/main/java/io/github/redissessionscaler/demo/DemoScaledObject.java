package io.github.redissessionscaler.demo;

import io.github.redissessionscaler.input.Durations;
import io.github.redissessionscaler.keda.ReplicaForecast;
import io.github.redissessionscaler.keda.ScaledObject;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.github.redissessionscaler.trigger.Trigger;
import io.github.redissessionscaler.trigger.TriggerParser;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A ScaledObject of the demonstration, and what is special about it.
 *
 * @param pushed whether its trigger is of type {@code external-push}
 */
record DemoScaledObject(ScaledObjectRef ref, boolean pushed, String special) {

    static final String NAMESPACE = "demo";

    /** Sessions that a replica can take. */
    static final long SESSION_SIZE = 100;

    /** From one replica to twenty, with the HPA's defaults. */
    static final ScaledObject SPEC = new ScaledObject(
            1,
            20,
            OptionalLong.empty(),
            ScaledObject.DEFAULT.pollingInterval(),
            ScaledObject.DEFAULT.cooldown(),
            Duration.ZERO,
            Optional.empty(),
            false,
            ScaledObject.DEFAULT.tolerance(),
            ScaledObject.DEFAULT.behavior());

    /**
     * Two ScaledObjects with the same sessions and different triggers.
     *
     * @param holdFor longer than the outage
     */
    static List<DemoScaledObject> all(Duration holdFor) {
        return List.of(
                new DemoScaledObject(ref("shop-plain", Map.of()), false, "onUnavailable: minimum, the default"),
                new DemoScaledObject(
                        ref(
                                "shop-ready",
                                Map.of(
                                        "wholeReplicas",
                                        "true",
                                        "onUnavailable",
                                        "hold",
                                        "holdFor",
                                        Durations.format(holdFor))),
                        true,
                        "wholeReplicas: true, onUnavailable: hold"));
    }

    String name() {
        return ref.getName();
    }

    /** The sessions at which the HPA wants more replicas than these. */
    long scalesOutAt(long replicas) {
        Trigger trigger = TriggerParser.parse(ref.getScalerMetadataMap());
        return ReplicaForecast.of(0, SESSION_SIZE, replicas)
                .thresholds(sessions -> trigger.valueOf((double) sessions, SESSION_SIZE))
                .moreAt()
                .orElseThrow();
    }

    private static ScaledObjectRef ref(String name, Map<String, String> metadata) {
        return ScaledObjectRef.newBuilder()
                .setNamespace(NAMESPACE)
                .setName(name)
                .putScalerMetadata("sessionSize", String.valueOf(SESSION_SIZE))
                .putAllScalerMetadata(metadata)
                .build();
    }
}

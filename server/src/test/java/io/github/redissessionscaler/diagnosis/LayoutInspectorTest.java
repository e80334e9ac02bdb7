package io.github.redissessionscaler.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.redissessionscaler.counting.pattern.CountingOptions;
import io.github.redissessionscaler.keyspace.Keyspace;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import io.github.redissessionscaler.keyspace.Keyspaces;
import io.github.redissessionscaler.reading.Deadline;
import io.github.redissessionscaler.testing.CountedRedis;
import io.github.redissessionscaler.trigger.Database;
import io.github.redissessionscaler.trigger.Trigger;
import io.github.redissessionscaler.trigger.TriggerParser;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Of several sources one may fail; what is found about the others stays. */
final class LayoutInspectorTest {

    private static final String DEAD = "dead";

    private final CountedRedis redis = CountedRedis.start();
    private final Keyspaces keyspaces = this::of;

    @AfterEach
    void stop() {
        redis.close();
    }

    private Keyspace of(Database database) {
        if (database.connection().equals(DEAD)) {
            throw new KeyspaceException(Reason.UNREACHABLE, "Redis at dead:6379 cannot be reached");
        }
        return redis.keyspace();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void theFindingsOfTheOtherSourcesStay(int dead) {
        redis.fill("a:", 0, 50);
        redis.fill("b:", 0, 50);
        String sources = sources(dead);
        LayoutInspector inspector = inspector();
        Trigger trigger = TriggerParser.parse(Map.of("sources", sources));

        LayoutFindings findings = inspector.findings(trigger.source(), trigger.layout());

        assertThat(findings.complete()).isFalse();
        assertThat(findings.endlessShare()).isEqualTo(1);
        assertThat(findings.advice())
                .hasSize(2)
                .allSatisfy(sentence -> assertThat(sentence).contains("have no TTL"))
                .noneSatisfy(sentence -> assertThat(sentence).startsWith("sources[" + dead + "]"));
        assertThat(inspector.shapes(trigger.source()))
                .hasValueSatisfying(shapes -> assertThat(shapes.counted()).isPositive());
    }

    private static String sources(int dead) {
        List<String> sources = new ArrayList<>(List.of("- keyPattern: 'a:*'", "- keyPattern: 'b:*'"));
        sources.add(dead, "- {connection: " + DEAD + ", keyPattern: 'c:*'}");
        return String.join("\n", sources);
    }

    @Test
    void itFailsIfAllSourcesDo() {
        Trigger trigger = TriggerParser.parse(
                Map.of("sources", "- {connection: dead, keyPattern: 'a:*'}\n- {connection: dead, keyPattern: 'b:*'}"));

        assertThatThrownBy(() -> inspector().findings(trigger.source(), trigger.layout()))
                .isInstanceOf(KeyspaceException.class);
        assertThatThrownBy(() -> inspector().shapes(trigger.source())).isInstanceOf(KeyspaceException.class);
    }

    @Test
    void whatIsIncompleteIsLookedAtAgainSoon() {
        Trigger trigger = TriggerParser.parse(Map.of());
        var looks = new AtomicInteger();
        var now = new Instant[] {Instant.parse("2026-03-01T12:00:00Z")};
        var whole = new LayoutFindings(List.of("one", "two"), 0);
        var monitor = new LayoutMonitor(
                (_, _) -> looks.incrementAndGet() == 1 ? new LayoutFindings(List.of("one"), 0).incomplete() : whole,
                _ -> List.of(),
                Runnable::run,
                () -> now[0]);

        assertThat(monitor.findings(trigger, Deadline.in(Duration.ofSeconds(10)))
                        .join()
                        .advice())
                .containsExactly("one");
        now[0] = now[0].plus(Duration.ofMinutes(1));
        assertThat(monitor.findings(trigger, Deadline.in(Duration.ofSeconds(10))))
                .isCompletedWithValue(whole);
        now[0] = now[0].plus(Duration.ofMinutes(9));
        monitor.checkIfDue(trigger);

        assertThat(looks).hasValue(2);
    }

    private LayoutInspector inspector() {
        return new LayoutInspector(
                keyspaces,
                redis.counter(keyspaces, InstantSource.system(), CountingOptions.DEFAULT),
                new SecureRandom());
    }
}

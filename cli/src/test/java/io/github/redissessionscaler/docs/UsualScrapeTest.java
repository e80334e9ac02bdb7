package io.github.redissessionscaler.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.redissessionscaler.testing.Ports;
import io.github.redissessionscaler.testing.RunningScaler;
import io.github.redissessionscaler.testing.Scrape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A scrape without parameters has, of each trigger, what the dashboard, the alerts and docs/troubleshooting.md use, and nothing else. */
final class UsualScrapeTest {

    private static final Pattern OF_A_TRIGGER = Pattern.compile("redis_session_scaler_trigger_(?!limit|weight)\\w+");

    private static final Path FILES = Repository.ROOT.resolve("packaging/charts/redis-session-scaler/files");

    @Test
    void theDashboardAndTheAlertsFindWhatTheyUse() throws IOException {
        Set<String> used = new TreeSet<>();
        for (Path file : new Path[] {
            FILES.resolve("dashboard.json"),
            FILES.resolve("alerts.yaml"),
            Repository.ROOT.resolve("docs/troubleshooting.md")
        }) {
            OF_A_TRIGGER
                    .matcher(Files.readString(file))
                    .results()
                    .map(MatchResult::group)
                    .forEach(used::add);
        }
        try (var scaler = RunningScaler.with(Map.of("REDIS_ADDRESS", "127.0.0.1:" + Ports.free()))) {
            Set<String> families =
                    Scrape.of(scaler.get("/metrics").body()).families().keySet();

            assertThat(families.stream()
                            .filter(name -> OF_A_TRIGGER.matcher(name).matches()))
                    .containsExactlyInAnyOrderElementsOf(used);
        }
    }
}

package io.github.redissessionscaler.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** The whole demonstration, on a short day. */
final class DemoTest {

    private static final Duration LENGTH = Duration.ofSeconds(24);

    @Test
    void showsTheFirstScaleOutAnOutageAndTheEndAndLeavesNothingBehind() throws Exception {
        List<Long> before = children();
        List<String> lines = new CopyOnWriteArrayList<>();
        try (Demo demo = Demo.start(LENGTH, 0, lines::add)) {
            assertThat(lines).isEmpty();
            demo.startDay();
            await().until(() -> lines.stream().anyMatch(line -> line.matches(".*shop-ready 1 -> \\d+ .*")));
            assertThat(status(demo)).contains("shop-plain", "shop-ready");

            await().atMost(Duration.ofMinutes(2))
                    .until(() -> lines.stream().anyMatch(line -> line.contains("The day is over")));
            JsonObject status = JsonParser.parseString(status(demo)).getAsJsonObject();
            assertThat(status.get("now").getAsString()).startsWith("2026-03-03T");
            assertThat(status.getAsJsonObject("demo").toString())
                    .contains("the day is over", "shop-plain   overloaded for", "replica hours");
            JsonObject trigger = status.getAsJsonArray("triggers").get(0).getAsJsonObject();
            assertThat(trigger.get("replicasPresumed").getAsBoolean()).isFalse();
        }
        assertThat(lines.getFirst()).contains("http://127.0.0.1:", "shop-plain", "shop-ready");
        assertThat(lines)
                .anyMatch(line -> line.matches(".*shop-plain 1 -> \\d+ .*"))
                .anyMatch(line -> line.endsWith("The day is over; the page stays until Ctrl-C."))
                .anyMatch(line -> line.matches(" +shop-plain   overloaded for .+, .+ replica hours"));
        int pause = indexOf(lines, "Redis is paused");
        int end = indexOf(lines, "Redis answers again");
        assertThat(lines.subList(pause, end))
                .anyMatch(line -> line.matches(".*shop-plain \\d+ -> 1 .*"))
                .noneMatch(line -> line.matches(".*shop-ready \\d+ -> 1 .*"));
        assertThat(lines.subList(end, lines.size())).anyMatch(line -> line.matches(".*shop-plain 1 -> \\d+ .*"));
        assertThat(children()).isEqualTo(before);
    }

    private static int indexOf(List<String> lines, String text) {
        return (int) lines.stream().takeWhile(line -> !line.contains(text)).count();
    }

    private static List<Long> children() {
        return ProcessHandle.current()
                .children()
                .map(ProcessHandle::pid)
                .sorted()
                .toList();
    }

    private static String status(Demo demo) throws IOException, InterruptedException {
        try (var http = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://127.0.0.1:" + demo.managementPort() + "/api/status");
            return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                    .body();
        }
    }
}

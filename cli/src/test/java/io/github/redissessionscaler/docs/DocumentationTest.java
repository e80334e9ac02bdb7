package io.github.redissessionscaler.docs;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Everything that Markdown files say and that can be looked up: links, commands, names and YAML. */
final class DocumentationTest {

    /** Pages that GitHub and Artifact Hub show by themselves. */
    private static final Set<Path> READ_ELSEWHERE = Set.of(
            Path.of(".github", "PULL_REQUEST_TEMPLATE.md"),
            Path.of("packaging", "artifacthub", "redis-session-scaler", "README.md"));

    @ParameterizedTest
    @MethodSource
    void everyPageIsRight(Path file) {
        assertThat(problems(Page.read(file))).isEmpty();
    }

    static List<Path> everyPageIsRight() {
        return Repository.pages();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[a](docs/no-such-page.md)",
                "[a](docs/metadata.md#no-such-heading)",
                "[a](#no-such-heading)",
                "[a](http://example.org)",
                "Say `redis-session-scaler chekc`.",
                "Say `./redis-session-scaler check --metadta a=b …`.",
                "```\nREDIS_ADDRESS=localhost:6379 ./redis-session-scaler serve --grpc-prot 1\n```",
                "```console\n$ redis-session-scaler serve --no\noutput\n```",
                "```sh\nkubectl run check --image=redis-session-scaler -- \\\n  check --sclaer x:1\n```",
                "```\nkubectl exec deployment/redis-session-scaler -- java @scaler chekc\n```",
                "```\ndocker run --rm redis-session-scaler:1 sreve\n```",
                "```\nkubectl get pods && ./redis-session-scaler sreve\n```",
                "```\nbenchmarks/run plols\n```",
                "```\n./mvnw -o test -Dtest=OutageTest,NoSuchTest\n```",
                "`docs/no-such-page.md`",
                "```\ncat examples/no-such-example.yaml\n```",
                "Set `REDIS_ADRESS`.",
                "Watch `redis_session_scaler_trigger_needed_instances`.",
                "Watch `trigger_needed_instances`.",
                "Watch `trigger_lokahead_*`.",
                "See `Evaluator.vlaue`.",
                "```yaml\nsesionSize: 3\n```",
                "```yaml\nconnections:\n  default: {adress: redis}\n```",
                "```yaml\ntriggerLimit: many\n```",
                "```yaml\n- type: external\n  metadata: {sessionSize: abc}\n```",
                "```yaml\n- type: external\n  metadata: {sessionSize: 100}\n```",
                "```yaml\ntriggers: [{type: external-push, metadata: {preset: srping}}]\n```",
                "```yaml\nkind: ScaledObject\nspec: {triggers: [{type: external, metadata: {sesionSize: a}}]}\n```",
                "```yaml\na: [\n```",
                "```yaml\n# values.yaml\nreplicas: 3\n```",
                "```yaml\n# examples/dbsize.yaml\nkind: ScaledObject\n```",
            })
    void whatIsWrongIsFound(String text) {
        assertThat(problems(Page.of(Repository.ROOT.resolve("README.md"), text)))
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "# The ACL, `key` and *so on*\n[a](#the-acl-key-and-so-on)",
                "# 中文 标题\n[a](#中文-标题)",
                "# Twice\n# Twice\n[a](#twice-1)",
                "[`docs`](docs/) and ![image](LICENSE)",
                "`redis-session-scaler check --metadata key=value …` asks `redis-session-scaler.keda:6000`.",
                "```text\nredis-session-scaler is ready\n```",
                "```console\n$ redis-session-scaler serve\nredis-session-scaler is ready\n```",
                "```yaml\nlogFormat: json\n```",
                "Watch `redis_session_scaler_trigger_sessions` and `redis_session_scaler_rpc_seconds_bucket`.",
                "Watch `trigger_lookahead_*`, `scan_keys_seen` and `rpc_seconds_max`, by `scaledobject_namespace`.",
                "See `Evaluator.value`, `Backend.noted` and `Thread.yield`.",
                "```yaml\n# values.yaml\nreplicaCount: 3\n```",
            })
    void whatIsRightIsNot(String text) {
        assertThat(problems(Page.of(Repository.ROOT.resolve("README.md"), text)))
                .isEmpty();
    }

    /** The versions of KEDA and Kubernetes that the modules of the end-to-end test pin. */
    @ParameterizedTest
    @CsvSource({"KEDA, keda, github.com/kedacore/keda/v2", "Kubernetes, kubernetes, k8s.io/kubernetes"})
    void theTestedVersionsAreThoseOfTheEndToEndTest(String program, String folder, String module) throws IOException {
        Matcher pinned = Pattern.compile("\\b" + module + " v((\\d+\\.\\d+)\\.\\d+)")
                .matcher(Files.readString(Repository.ROOT.resolve("tests/e2e/" + folder + "/go.mod")));

        assertThat(pinned.find()).isTrue();
        assertThat(text("docs/compatibility.md")).contains("| " + program + " | " + pinned.group(1) + ":");
        for (String page : List.of("README.md", "README.zh-CN.md")) {
            assertThat(text(page)).contains(program + " " + pinned.group(2));
        }
    }

    private static String text(String page) {
        return Page.read(Repository.ROOT.resolve(page)).text();
    }

    @Test
    void everyPageIsLinkedFromAnother() {
        Set<Path> linked = Repository.pages().stream()
                .map(Page::read)
                .flatMap(DocumentationTest::otherPages)
                .collect(toSet());

        assertThat(Repository.pages())
                .filteredOn(page -> !READ_ELSEWHERE.contains(Repository.ROOT.relativize(page)))
                .allSatisfy(page -> assertThat(linked).contains(page));
    }

    private static Stream<Path> otherPages(Page page) {
        return page.links().stream()
                .filter(link -> !link.startsWith("https://") && !link.startsWith("#"))
                .map(link -> page.file().resolveSibling(link.split("#", 2)[0]).normalize())
                .filter(target -> !target.equals(page.file()));
    }

    private static List<String> problems(Page page) {
        return Stream.of(
                        Links.problems(page),
                        ShellCommands.problems(page),
                        Names.problems(page),
                        YamlBlocks.problems(page))
                .flatMap(problems -> problems)
                .toList();
    }
}

package io.github.redissessionscaler.docs;

import io.github.redissessionscaler.config.ConfigLoader;
import io.github.redissessionscaler.config.IdentityVariable;
import io.github.redissessionscaler.config.RedisVariable;
import io.github.redissessionscaler.config.Setting;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.telemetry.Telemetry;
import io.grpc.Status;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The names of variables, metrics and files that a page mentions. */
final class Names {

    private static final Pattern IN_CAPITALS = Pattern.compile("\\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\\b");

    /** What others call so: our tests, tools, cloud providers and the frameworks whose sessions are counted. */
    private static final Set<String> OF_OTHERS = Set.of(
            "REDIS_SERVERS",
            "REDIS_JSON_MODULE",
            "JAVA_HOME",
            "MVNW_REPOURL",
            "REDIS_EXPORTER_COUNT_KEYS",
            "PHPREDIS_SESSION",
            "PHPREDIS_CLUSTER_SESSION",
            "KEY_PREFIX");

    /** Why a handshake was refused; the enumeration is private to the gRPC server. */
    private static final Set<String> OF_HANDSHAKES =
            Set.of("NO_TLS", "TLS_VERSION", "NO_CERTIFICATE", "NOT_VALID_NOW", "UNKNOWN_AUTHORITY");

    /** What kubectl calls a Deployment; the files in our folder of that name end otherwise. */
    private static final Pattern DEPLOYMENT = Pattern.compile("deploy/(?!render$)[\\w-]+");

    /** A method of a class, as {@code Evaluator.value}. */
    private static final Pattern METHOD = Pattern.compile("[A-Z]\\w*[a-z]\\w*\\.[a-z]\\w*");

    private static final Pattern METRIC = Pattern.compile("\\bredis_session_scaler_\\w*[a-z]\\b");

    /** A metric without its prefix, or the beginning of several. Some that begin with redis or kubernetes are of others. */
    private static final Pattern SHORT_METRIC = Pattern.compile(
            "(?:trigger|triggers|scan|rpc|scaledobject|stream|streams|grpc|push|internal|heap|config)_[a-z_]+\\*?");

    private static final String LABEL = "scaledobject_namespace";

    private static final Set<String> KNOWN = known();

    private static final Set<String> METRICS = metrics();

    private Names() {}

    static Stream<String> problems(Page page) {
        Stream<String> variables = IN_CAPITALS
                .matcher(page.text())
                .results()
                .map(MatchResult::group)
                .filter(name -> !KNOWN.contains(name))
                .map(name -> name + " is no setting, status or reason");
        Stream<String> files = Stream.concat(
                        page.spans().stream(),
                        page.blocks().stream().flatMap(block -> block.text().lines()))
                .flatMap(line -> Stream.of(line.split("[\\s\"'=:,]+", -1)))
                .filter(word -> !DEPLOYMENT.matcher(word).matches() && isOfRepository(word))
                .filter(name -> !Files.exists(Repository.ROOT.resolve(name)))
                .map(name -> "there is no file " + name);
        Stream<String> methods = page.spans().stream()
                .filter(span -> METHOD.matcher(span).matches() && Methods.isOurClass(span))
                .filter(span -> !Methods.exists(span))
                .map(span -> "there is no method " + span);
        Stream<String> metrics = Stream.concat(
                        METRIC.matcher(page.text()).results().map(MatchResult::group),
                        page.spans().stream()
                                .filter(span -> SHORT_METRIC.matcher(span).matches() && !span.equals(LABEL))
                                .map(Telemetry.PREFIX::concat))
                .filter(name -> !isMetric(name))
                .map(name -> "there is no metric " + name);
        return Stream.of(variables, files, methods, metrics).flatMap(all -> all).distinct();
    }

    private static boolean isMetric(String name) {
        return name.endsWith("*")
                ? METRICS.stream().anyMatch(metric -> metric.startsWith(name.substring(0, name.length() - 1)))
                : METRICS.contains(name) || METRICS.contains(name.replaceFirst("_(?:bucket|count|sum|max)$", ""));
    }

    /** A path from the root of the repository to something that is not made by the build. */
    private static boolean isOfRepository(String word) {
        String path = word.startsWith("./") ? word.substring(2) : word;
        List<String> parts = List.of(path.split("/", -1));
        return path.matches("[\\w.-]+(/[\\w.-]+)+")
                && Repository.topLevel().contains(parts.getFirst())
                && Files.isDirectory(Repository.ROOT.resolve(parts.getFirst()))
                && !parts.contains("target");
    }

    /** The names in the table of metrics, which {@link ReferenceTest} compares with a scrape. */
    private static Set<String> metrics() {
        return METRIC.matcher(
                        Page.read(Repository.ROOT.resolve("docs/metrics.md")).text())
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toSet());
    }

    private static Set<String> known() {
        Set<String> known = new HashSet<>(OF_OTHERS);
        known.addAll(OF_HANDSHAKES);
        known.add(ConfigLoader.CONFIG_FILE);
        known.addAll(RedisVariable.names());
        Repository.topLevel().forEach(file -> known.add(file.replaceFirst("\\.md$", "")));
        Stream.of(Setting.values(), IdentityVariable.values(), Status.Code.values(), KeyspaceException.Reason.values())
                .flatMap(Stream::of)
                .forEach(constant -> known.add(constant.name()));
        return known;
    }
}

package io.github.redissessionscaler.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

@AnalyzeClasses(packages = LayersTest.BASE, importOptions = LayersTest.MainCode.class)
final class LayersTest {

    static final String BASE = "io.github.redissessionscaler";

    /** Leaves out tests, also those in the test jar of another module. */
    static final class MainCode implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("/test-classes/") && !location.contains("-tests.jar");
        }
    }

    /**
     * Every package and the packages that it uses, from the lowest to the highest: a package uses only packages above it in
     * this list. {@code counting.pattern} and the like are packages of their own.
     */
    private static final String LAYERS = """
        background ->
        forecast ->
        hpa ->
        input ->
        observed ->
        proto ->
        tls ->
        embedded -> input
        keda -> hpa
        telemetry -> background
        trigger -> forecast input
        acl -> trigger
        config -> input trigger
        history -> hpa keda
        keyspace -> trigger
        outage -> trigger
        counting -> input keyspace trigger
        identity -> background config input keyspace
        kubernetes -> background config input observed
        simulation -> forecast hpa input keda outage trigger
        counting.pattern -> background counting input keyspace trigger
        redis -> acl background config identity input keyspace telemetry tls trigger
        reading -> background counting counting.pattern keyspace telemetry trigger
        diagnosis -> background counting counting.pattern input keyspace reading telemetry trigger
        evaluation -> background counting counting.pattern diagnosis forecast history input keyspace outage reading trigger
        management -> background config counting counting.pattern diagnosis evaluation forecast history hpa input keda keyspace observed outage telemetry trigger
        push -> background counting.pattern evaluation input keyspace reading trigger
        grpc -> background config counting counting.pattern evaluation forecast input observed proto push reading telemetry tls trigger
        app -> acl background config counting counting.pattern diagnosis evaluation grpc history input keyspace kubernetes management observed outage proto push reading redis telemetry trigger
        demo -> app config embedded hpa input keda management proto simulation trigger
        cli -> acl app background config counting counting.pattern demo diagnosis embedded hpa input keda keyspace proto simulation telemetry trigger
        """;

    /** The libraries that only some packages use, and those packages. */
    private static final Map<String, Set<String>> LIBRARIES = Map.of(
            "ch.qos.logback", Set.of("cli"),
            "com.google.gson", Set.of("cli", "identity", "management"),
            "io.fabric8", Set.of("kubernetes"),
            "io.grpc", Set.of("cli", "demo", "grpc", "proto"),
            "io.micrometer", Set.of("telemetry"),
            "io.netty", Set.of("grpc", "management"),
            "org.snakeyaml", Set.of("config", "input", "simulation", "trigger"),
            "picocli", Set.of("cli"),
            "redis.clients", Set.of("demo", "redis"));

    @ArchTest
    static void packagesUseExactlyWhatTheLayersSay(JavaClasses classes) {
        Map<String, Set<String>> uses = new TreeMap<>();
        classes.forEach(one -> {
            Set<String> used = uses.computeIfAbsent(name(one), _ -> new TreeSet<>());
            one.getDirectDependenciesFromSelf().stream()
                    .map(dependency -> dependency.getTargetClass().getBaseComponentType())
                    .filter(target -> target.getPackageName().startsWith(BASE + "."))
                    .map(LayersTest::name)
                    .filter(target -> !target.equals(name(one)))
                    .forEach(used::add);
        });
        Set<String> lower = new HashSet<>();
        var found = new StringBuilder();
        while (lower.size() < uses.size()) {
            List<String> next = uses.entrySet().stream()
                    .filter(entry -> !lower.contains(entry.getKey()) && lower.containsAll(entry.getValue()))
                    .map(Map.Entry::getKey)
                    .toList();
            assertThat(next)
                    .as("packages that are in no cycle; found so far:%n%s", found)
                    .isNotEmpty();
            next.forEach(one -> found.append((one + " -> " + String.join(" ", uses.get(one))).strip())
                    .append('\n'));
            lower.addAll(next);
        }
        assertThat(found.toString()).isEqualTo(LAYERS);
    }

    @ArchTest
    static void librariesAreUsedExactlyWhereTheTableSays(JavaClasses classes) {
        Map<String, Set<String>> users = new TreeMap<>();
        classes.forEach(one -> one.getDirectDependenciesFromSelf()
                .forEach(dependency -> LIBRARIES.keySet().stream()
                        .filter(library -> dependency.getTargetClass().getName().startsWith(library + "."))
                        .forEach(library -> users.computeIfAbsent(library, _ -> new TreeSet<>())
                                .add(name(one)))));
        assertThat(users).isEqualTo(LIBRARIES);
    }

    private static String name(JavaClass one) {
        return one.getPackageName().substring(BASE.length() + 1);
    }

    @ArchTest
    static final ArchRule onlyTheCommandLinePrintsAndExits = noClasses()
            .that()
            .resideOutsideOfPackage(BASE + ".cli..")
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err")
            .orShould()
            .callMethod(System.class, "exit", int.class);

    /** The machine's wall clock jumps when somebody sets it. Tokens are signed and end by it. */
    @ArchTest
    static final ArchRule onlyMonotonicClockReadsTheWallClock = noClasses()
            .that()
            .doNotHaveFullyQualifiedName(BASE + ".app.MonotonicClock")
            .and()
            .doNotHaveFullyQualifiedName(BASE + ".identity.Identities")
            .should()
            .callMethod(InstantSource.class, "system")
            .orShould()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Clock.class, "systemUTC")
            .orShould()
            .callMethod(Clock.class, "systemDefaultZone")
            .orShould()
            .callConstructor(Date.class);
}

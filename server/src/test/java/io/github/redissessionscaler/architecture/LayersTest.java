package io.github.redissessionscaler.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;

@AnalyzeClasses(packages = LayersTest.BASE, importOptions = ImportOption.DoNotIncludeTests.class)
final class LayersTest {

    static final String BASE = "io.github.redissessionscaler";

    /** A package, then the ones that may use it are those that name it. */
    @ArchTest
    static final ArchRule layers = uses(
            "problem <- tls trigger config counting redis evaluation activity grpc management simulation embedded demo"
                    + " app cli",
            "hpa <- trigger history evaluation management simulation demo cli",
            "tls <- redis grpc",
            "trigger <- config counting outage evaluation activity grpc management redis simulation app cli",
            "config <- redis grpc management demo app cli",
            "counting <- outage evaluation activity redis grpc management app cli",
            "outage <- evaluation management simulation app",
            "background <- counting telemetry evaluation activity redis grpc management app cli",
            "telemetry <- evaluation activity redis grpc management app",
            "history <- evaluation management app cli",
            "evaluation <- activity grpc management app",
            "activity <- grpc management app",
            "redis <- app",
            "grpc <- app",
            "management <- app",
            "simulation <- demo cli",
            "embedded <- demo cli",
            "app <- demo cli",
            "demo <- cli",
            "cli <-");

    @ArchTest
    static final ArchRule noCycles = slices().matching(BASE + ".(*)..").should().beFreeOfCycles();

    /** The demonstration plays an application, which has sessions of its own. */
    @ArchTest
    static final ArchRule onlyRedisUsesItsClient = noClasses()
            .that()
            .resideOutsideOfPackages(BASE + ".redis..", BASE + ".demo..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("redis.clients..");

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

    /** Whoever asks the machine for the time is told another one when somebody sets it. */
    @ArchTest
    static final ArchRule onlyOneClockKnowsOfTheMachines = noClasses()
            .that()
            .doNotHaveFullyQualifiedName(BASE + ".app.MonotonicClock")
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

    private static ArchRule uses(String... lines) {
        LayeredArchitecture architecture =
                layeredArchitecture().consideringOnlyDependenciesInLayers().withOptionalLayers(true);
        for (String line : lines) {
            String name = line.substring(0, line.indexOf(' '));
            architecture = architecture.layer(name).definedBy(BASE + "." + name + "..");
        }
        for (String line : lines) {
            String[] sides = line.split("<-", 2);
            String users = sides[1].strip();
            String name = sides[0].strip();
            architecture = users.isEmpty()
                    ? architecture.whereLayer(name).mayNotBeAccessedByAnyLayer()
                    : architecture.whereLayer(name).mayOnlyBeAccessedByLayers(users.split(" "));
        }
        return architecture;
    }
}

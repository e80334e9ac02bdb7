import io.github.redissessionscaler.app.Scaler;
import io.github.redissessionscaler.app.Surroundings;
import io.github.redissessionscaler.config.ConfigSource;
import io.github.redissessionscaler.history.RunningReplicas;
import java.time.Instant;
import java.util.Optional;

/**
 * The scaler with a clock that runs faster than the machine's, as many times as the argument says. So a forecast that needs readings
 * of 20 minutes has them after a few, if KEDA and the HPA ask as many times more often. Runs from its source.
 */
final class FastScaler {

    private FastScaler() {}

    public static void main(String[] args) throws InterruptedException {
        double faster = Double.parseDouble(args[0]);
        Instant start = Instant.now();
        long startNanos = System.nanoTime();
        Scaler.start(
                        ConfigSource.of(System.getenv()),
                        _ -> {},
                        new Surroundings(
                                RunningReplicas.UNKNOWN,
                                () -> start.plusNanos((long) (faster * (System.nanoTime() - startNanos))),
                                Optional::empty))
                .awaitTermination();
    }
}

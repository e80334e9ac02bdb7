package io.github.redissessionscaler.counting;

import io.github.redissessionscaler.keyspace.Keyspace;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The clock of a Redis server, read by TIME from time to time and extrapolated with the local clock. Thread-safe. */
public final class ServerClock {

    /** Two clocks that drift apart by 100 parts in a million differ by 6 ms after this. */
    private static final Duration TRUSTED = Duration.ofMinutes(1);

    private record ClockReading(Instant local, Duration ahead) {}

    private final Keyspace keyspace;
    private final InstantSource clock;
    private final AtomicReference<@Nullable ClockReading> last = new AtomicReference<>();

    public ServerClock(Keyspace keyspace, InstantSource clock) {
        this.keyspace = keyspace;
        this.clock = clock;
    }

    Instant now() {
        Instant local = clock.instant();
        ClockReading reading = last.get();
        if (reading == null || !trusted(reading, local)) {
            Instant server = keyspace.time();
            Instant answered = clock.instant();
            Instant sent = local;
            reading = new ClockReading(answered, Duration.between(middle(sent, answered), server));
            last.set(reading);
            local = answered;
        }
        return local.plus(reading.ahead());
    }

    /** A reading is invalid too if the local clock was set back. */
    private static boolean trusted(ClockReading reading, Instant local) {
        Duration age = Duration.between(reading.local(), local);
        return !age.isNegative() && age.compareTo(TRUSTED) < 0;
    }

    private static Instant middle(Instant start, Instant end) {
        return start.plus(Duration.between(start, end).dividedBy(2));
    }
}

package io.github.redissessionscaler.evaluation;

import io.github.redissessionscaler.counting.Count;
import io.github.redissessionscaler.history.TriggerHistory;
import io.github.redissessionscaler.history.TriggerReport;
import io.github.redissessionscaler.trigger.Trigger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** What was last seen of one trigger. Written by the evaluation alone; may be read by any thread at any time. */
public final class TriggerState {

    /** Bytes of its texts for which a trigger counts as one: about twice those of a usual one. */
    private static final int BYTES_OF_ONE = 1024;

    private static final int WIDEST_OF_ONE_BYTE = 0xff;

    private final TriggerRef ref;
    private final long id;
    private final int weight;
    private final TriggerHistory history;
    private final LastReading<TriggerReading> reading = new LastReading<>();
    private volatile @Nullable TriggerReport report;
    private volatile Instant lastUsed;
    private final DoubleSupplier byDefault;
    private volatile Optional<Double> ofKey = Optional.empty();
    private volatile Optional<String> targetProblem = Optional.empty();
    private volatile boolean targetKnown;

    /** Null without {@code lookAhead}. */
    private final @Nullable TriggerForecast forecast;

    /**
     * Nothing was seen of it yet.
     *
     * @param forecast of a trigger with {@code lookAhead}, else null
     */
    TriggerState(
            TriggerRef ref,
            DoubleSupplier defaultTarget,
            TriggerHistory history,
            @Nullable TriggerForecast forecast,
            Instant now) {
        this.ref = ref;
        String text = ref.trigger().toString();
        this.id = digest(text);
        this.weight = weight(ref, text);
        this.history = history;
        this.byDefault = defaultTarget;
        this.lastUsed = now;
        this.forecast = forecast;
    }

    public TriggerRef ref() {
        return ref;
    }

    /** As how many triggers it would count. */
    static int weight(TriggerRef ref) {
        return weight(ref, ref.trigger().toString());
    }

    private static int weight(TriggerRef ref, String text) {
        return Math.ceilDiv(bytes(text) + bytes(ref.namespace()) + bytes(ref.scaledObject()), BYTES_OF_ONE);
    }

    /** As many as a string of the JVM takes: it keeps all of them in two bytes each as soon as one needs two. */
    private static int bytes(String text) {
        boolean wide = text.chars().anyMatch(character -> character > WIDEST_OF_ONE_BYTE);
        return wide ? 2 * text.length() : text.length();
    }

    private static long digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Distinguishes it from the other triggers of its ScaledObject: sixteen hexadecimal digits, the same in every process. */
    public String id() {
        return HexFormat.of().toHexDigits(id);
    }

    /** As how many triggers it counts: one of long metadata takes the memory of several. */
    int weight() {
        return weight;
    }

    /** What it was answered, and what came of it. */
    public TriggerHistory history() {
        return history;
    }

    /** What was read for it last, and whether that has failed. Both RPCs go by it. */
    public LastReading<TriggerReading> reading() {
        return reading;
    }

    /** The count that Redis gave last, also during an outage; empty before the first. */
    public Optional<Count> count() {
        return reading.last().map(known -> known.value().count());
    }

    /** The sessions that Redis gave last; empty as long as it gives none. */
    public OptionalDouble sessions() {
        Optional<Count> known = reading.missed().isPresent() ? Optional.empty() : count();
        return known.map(seen -> OptionalDouble.of(seen.value())).orElseGet(OptionalDouble::empty);
    }

    public Instant lastUsed() {
        return lastUsed;
    }

    /** What was reported to KEDA last; empty before the first answer. */
    public Optional<TriggerReport> lastReport() {
        return Optional.ofNullable(report);
    }

    /** The value and the activity that KEDA has; empty before the first answer, and while it gets an error. */
    public Optional<TriggerReport> report() {
        return lastReport().filter(last -> !last.isError());
    }

    /** The value for these sessions, where the target that decides is known. */
    OptionalDouble valueOf(double sessions) {
        Trigger trigger = ref.trigger();
        return targetKnown || trigger.target().sessionSizeKey().isEmpty()
                ? OptionalDouble.of(trigger.valueOf(sessions, target()))
                : OptionalDouble.empty();
    }

    boolean looksAhead() {
        return forecast != null;
    }

    /**
     * Adds a reading to the forecast, if the trigger has one. Returns whether its forecasts are not used from now on, because they
     * were not better than persistence; true once at most.
     */
    boolean readAhead(Count count) {
        return forecast != null && forecast.read(count);
    }

    /** The sessions to report for a count that was read now: with {@code lookAhead}, the expected ones if they are more. */
    double expected(Count count, Instant now) {
        return forecast == null ? count.value() : forecast.report(count.value(), now);
    }

    /** The sessions to report while the value of this count is held. */
    double held(Count count) {
        return forecast == null ? count.value() : forecast.held(count.value());
    }

    /** Its forecast for another trigger of the ScaledObject, if that counts the same and looks ahead as far. */
    Optional<TriggerForecast> forecastFor(TriggerRef other) {
        return Optional.ofNullable(forecast)
                .filter(_ -> ref.namespace().equals(other.namespace())
                        && ref.scaledObject().equals(other.scaledObject())
                        && ref.trigger().lookAhead().equals(other.trigger().lookAhead())
                        && ref.trigger().source().equals(other.trigger().source()))
                .map(TriggerForecast::shared);
    }

    /** What the trigger expects; empty without {@code lookAhead}. */
    public Optional<ForecastStatus> forecast() {
        return forecast == null
                ? Optional.empty()
                : Optional.of(forecast.status(
                        ref.trigger().lookAhead(), reading.missed().isEmpty()));
    }

    void reported(TriggerReport news) {
        report = news;
    }

    /** Since when Redis is unavailable for the trigger, if it is. */
    public Optional<Instant> outageSince() {
        return reading.missed().filter(LastReading.MissedReading::isOutage).map(LastReading.MissedReading::since);
    }

    /** Since when there is no count although Redis is available, if there is none. */
    public Optional<Instant> uncountedSince() {
        return reading.missed().filter(missed -> !missed.isOutage()).map(LastReading.MissedReading::since);
    }

    /** The current target, sessions per replica: what {@code sessionSizeKey} held when it was read last, else the default. */
    public double target() {
        return ofKey.or(() -> ref.trigger().target().sessionSize()).orElseGet(byDefault::getAsDouble);
    }

    /** Why the target is not what {@code sessionSizeKey} holds, if it is not. */
    public Optional<String> targetProblem() {
        return targetProblem;
    }

    /** Whether Redis has answered what {@code sessionSizeKey} holds, at least once. */
    boolean isTargetKnown() {
        return targetKnown;
    }

    void touch(Instant now) {
        lastUsed = now;
    }

    void targetIs(double sessionSize) {
        ofKey = Optional.of(sessionSize);
        targetProblem = Optional.empty();
        targetKnown = true;
    }

    /** The key gives no target, so that the default is used. Returns whether the problem is another than before. */
    boolean targetIsDefault(String problem) {
        ofKey = Optional.empty();
        targetKnown = true;
        return targetStays(problem);
    }

    /** Nobody knows what the key holds: the target stays as it is. Returns whether the problem is another than before. */
    boolean targetStays(String problem) {
        boolean news = !targetProblem.equals(Optional.of(problem));
        targetProblem = Optional.of(problem);
        return news;
    }
}

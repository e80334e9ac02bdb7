package io.github.redissessionscaler.cli;

import io.github.redissessionscaler.counting.pattern.ScanProgress;
import io.github.redissessionscaler.input.Numbers;
import java.io.Console;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;

/** How far a scan is: one line that is written over on a terminal, a line now and then elsewhere. For one thread. */
final class ProgressLine implements Consumer<ScanProgress>, AutoCloseable {

    private static final Duration BETWEEN_LINES = Duration.ofSeconds(1);

    private final PrintWriter out;
    private final InstantSource clock;
    private final boolean terminal;
    private final boolean shown;
    private long nextLine = System.nanoTime();
    private int written;

    /**
     * Nothing is written yet.
     *
     * @param wanted whether it is written where there is no terminal, too
     * @param clock of the progress
     */
    ProgressLine(PrintWriter out, boolean wanted, InstantSource clock) {
        this.out = out;
        this.clock = clock;
        this.terminal = Optional.ofNullable(System.console())
                .filter(Console::isTerminal)
                .isPresent();
        this.shown = wanted || terminal;
    }

    @Override
    public void accept(ScanProgress scan) {
        boolean due = terminal || System.nanoTime() - nextLine >= 0;
        if (!shown || !due || scan.keysExpected() == 0) {
            return;
        }
        nextLine = System.nanoTime() + BETWEEN_LINES.toNanos();
        String line = "scanned %s of about %s keys, %d %%%s"
                .formatted(
                        Numbers.withCommas(scan.keysSeen()),
                        Numbers.withCommas(scan.keysExpected()),
                        Math.min(100, 100 * scan.keysSeen() / scan.keysExpected()),
                        scan.wholeDuration(clock.instant())
                                .map(whole -> ", about %d s in all".formatted(Math.max(1, whole.toSeconds())))
                                .orElse(""));
        if (terminal) {
            overwrite(line);
        } else {
            out.println(line);
            out.flush();
        }
    }

    private void overwrite(String line) {
        out.print("\r" + line + " ".repeat(Math.max(0, written - line.length())));
        out.flush();
        written = line.length();
    }

    /** Leaves an empty line behind. */
    @Override
    public void close() {
        if (written > 0) {
            overwrite("");
            out.print("\r");
            out.flush();
        }
    }
}

package io.github.redissessionscaler.cli;

import io.github.redissessionscaler.counting.pattern.ScanProgress;
import io.github.redissessionscaler.input.Numbers;
import java.io.Console;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** How far a scan is: one line that is written over on a terminal, a line now and then elsewhere. For one thread. */
final class ProgressLine implements Consumer<ScanProgress>, AutoCloseable {

    private static final Duration BETWEEN_LINES = Duration.ofSeconds(1);

    private final PrintWriter out;
    private final boolean terminal;
    private final boolean shown;
    private long nextLine = System.nanoTime();
    private int written;

    /**
     * Nothing is written yet.
     *
     * @param wanted whether it is written where there is no terminal, too
     */
    ProgressLine(PrintWriter out, boolean wanted) {
        this.out = out;
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
        String line = "scanned %s of about %s keys, %d %%"
                .formatted(
                        Numbers.withCommas(scan.keysSeen()),
                        Numbers.withCommas(scan.keysExpected()),
                        Math.min(100, 100 * scan.keysSeen() / scan.keysExpected()));
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

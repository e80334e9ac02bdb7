package io.github.redissessionscaler.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/** A command line that was run to its end. */
record CommandRun(int status, String out, String err) {

    static CommandRun of(String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int status = Main.run(new PrintWriter(out), new PrintWriter(err), arguments);
        return new CommandRun(status, out.toString(), err.toString());
    }
}

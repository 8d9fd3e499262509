package io.sardonyx.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import picocli.CommandLine;

/** The program as a user calls it, in this process. */
final class CommandLineRun {
    private CommandLineRun() {}

    /** What it prints, outputs and errors together; its exit status must be {@code status}. */
    static String execute(int status, Object... arguments) {
        StringWriter text = new StringWriter();
        CommandLine line = Main.commandLine().setOut(new PrintWriter(text)).setErr(new PrintWriter(text));
        int actual = line.execute(Arrays.stream(arguments).map(Object::toString).toArray(String[]::new));
        assertEquals(status, actual, text.toString());
        return text.toString();
    }
}

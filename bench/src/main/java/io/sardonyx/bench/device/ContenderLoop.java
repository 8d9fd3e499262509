package io.sardonyx.bench.device;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/** The process of a contender: it says what it is, then times what each line of standard input names. */
final class ContenderLoop {
    private final PrintStream out = System.out;
    private final Effort effort;

    /** A library that is open. */
    interface Library {
        String version();

        Samples time(String words, Effort effort);
    }

    ContenderLoop(String[] args) {
        effort = Effort.parse(args[0]);
        System.setOut(System.err); // the answers alone go there
    }

    /** Ends with standard input, or with the first failure, which may have left the library unusable. */
    void run(Supplier<Library> open) throws IOException {
        Library library;
        try {
            library = open.get();
            out.println(ContenderProcess.OK + library.version());
        } catch (RuntimeException | LinkageError e) {
            out.println(oneLine(e));
            return;
        }
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            try {
                out.println(ContenderProcess.OK + library.time(line, effort).words());
            } catch (RuntimeException | LinkageError e) {
                out.println(oneLine(e));
                return;
            }
        }
    }

    private static String oneLine(Throwable e) {
        return e.toString().replaceAll("\\s+", " ");
    }
}

package io.sardonyx.bench.device;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * The process of a contender: it says what it is, then does what lines of standard input ask for. {@code time SHAPE} gives all samples at
 * once; {@code open SHAPE} gives the launches in a sample, each {@code sample} one of them, and {@code close} frees it. Between lines it
 * waits for the next one and does nothing.
 */
final class ContenderLoop {
    private final PrintStream out = System.out;
    private final Effort effort;
    private final int gpu;

    /** A library that is open. */
    interface Library {
        String version();

        /** Makes a shape ready to be timed. */
        Batch open(String words, Effort effort);
    }

    /** @param args an effort, and the number of the GPU */
    ContenderLoop(String[] args) {
        effort = Effort.parse(args[0]);
        gpu = Integer.parseInt(args[1]);
        System.setOut(System.err); // the answers alone go there
    }

    /** Ends with standard input, or with the first failure, which may have left the library unusable. */
    void run(IntFunction<Library> open) throws IOException {
        Library library;
        try {
            library = open.apply(gpu);
            out.println(ContenderProcess.OK + library.version());
        } catch (RuntimeException | LinkageError e) {
            out.println(oneLine(e));
            return;
        }
        Optional<Batch> opened = Optional.empty();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ", 2);
            try {
                String answer = "";
                switch (words[0]) {
                    case "time" -> {
                        try (Batch batch = library.open(words[1], effort)) {
                            answer = effort.measure(batch).words();
                        }
                    }
                    case "open" -> {
                        opened = Optional.of(library.open(words[1], effort));
                        answer = Integer.toString(opened.get().launches());
                    }
                    case "sample" ->
                        answer = Double.toString(opened.orElseThrow().microseconds());
                    case "close" -> {
                        opened.ifPresent(Batch::close);
                        opened = Optional.empty();
                    }
                    default -> throw new IllegalArgumentException("asked " + line);
                }
                out.println(ContenderProcess.OK + answer);
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

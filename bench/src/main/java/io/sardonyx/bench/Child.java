package io.sardonyx.bench;

import io.sardonyx.device.Devices;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Npy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A long-lived process that runs one contender when it is told to: {@code load FILE THREADS INPUTS}, {@code run SECONDS} (times
 * in ns, one line), {@code output} (some 100,000 of its values), {@code peak COUNT} (GFLOP/s), {@code reload COUNT} (times of loading and the first run in ns), {@code memory} (peak resident KiB), {@code close}.
 */
final class Child {
    private static final int OUTPUTS = 100_000;

    private final String name;
    private Contender contender;
    private Path file;
    private int threads;
    private Map<String, HostTensor> inputs;

    private Child(String name) {
        this.name = name;
    }

    public static void main(String[] args) throws Exception {
        Child child = new Child(args[0]);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            System.out.println(child.answer(line.split("\t")));
            System.out.flush();
        }
    }

    private String answer(String... words) throws Exception {
        switch (words[0]) {
            case "load" -> {
                close();
                file = Path.of(words[1]);
                threads = Integer.parseInt(words[2]);
                inputs = Npy.readAll(Path.of(words[3]));
                contender = Contender.open(name, file, threads, inputs);
                return "loaded";
            }
            case "run" -> {
                return run(Double.parseDouble(words[1]));
            }
            case "output" -> {
                float[] values = contender.firstOutput();
                int step = values.length / OUTPUTS | 1; // odd, so as not to walk down one column
                StringBuilder text = new StringBuilder();
                for (int i = 0; i < values.length; i += step) {
                    text.append(values[i]).append(' ');
                }
                return text.toString();
            }
            case "peak" -> {
                StringBuilder rates = new StringBuilder();
                for (int i = Integer.parseInt(words[1]); i > 0; i--) {
                    rates.append(FmaPeak.measure(Devices.get("cpu"))).append(' ');
                }
                return rates.toString();
            }
            case "reload" -> {
                StringBuilder times = new StringBuilder();
                for (int i = Integer.parseInt(words[1]); i > 0; i--) {
                    close();
                    long start = System.nanoTime();
                    contender = Contender.open(name, file, threads, inputs);
                    contender.run();
                    times.append(System.nanoTime() - start).append(' ');
                }
                return times.toString();
            }
            case "memory" -> {
                return peakMemory();
            }
            default -> {
                close();
                return "closed";
            }
        }
    }

    /** Runs for about this long, at least three times. */
    private String run(double seconds) throws Exception {
        StringBuilder times = new StringBuilder();
        long end = System.nanoTime() + (long) (seconds * 1e9);
        for (int i = 0; i < 3 || System.nanoTime() < end; i++) {
            long start = System.nanoTime();
            contender.run();
            times.append(System.nanoTime() - start).append(' ');
        }
        return times.toString();
    }

    private static String peakMemory() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmHWM"))
                .map(line -> line.replaceAll("\\D", ""))
                .findFirst()
                .orElse("0");
    }

    private void close() throws Exception {
        if (contender != null) {
            contender.close();
            contender = null;
        }
    }
}

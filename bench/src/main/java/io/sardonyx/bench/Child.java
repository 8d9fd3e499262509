package io.sardonyx.bench;

import io.sardonyx.bench.collective.VerificationException;
import io.sardonyx.bench.contender.Call;
import io.sardonyx.bench.contender.Contender;
import io.sardonyx.bench.contender.Library;
import io.sardonyx.bench.contender.ModelLibrary;
import io.sardonyx.bench.contender.Setting;
import io.sardonyx.bench.contender.UnsupportedProblemException;
import io.sardonyx.bench.define.Expectation;
import io.sardonyx.bench.define.Problem;
import io.sardonyx.bench.measure.CallSampling;
import io.sardonyx.bench.measure.HandOver;
import io.sardonyx.bench.record.Measurement.Cache;
import io.sardonyx.device.DeviceException;
import io.sardonyx.device.Devices;
import io.sardonyx.onnx.ModelException;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Npy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * A long-lived process that runs one contender when it is told to, by lines of words between tabs:
 *
 * <ul>
 *   <li>{@code version}
 *   <li>{@code open PROBLEM SEED THREADS DEVICE}, {@code load FILE THREADS INPUTS DEVICE}: a problem or a model becomes what is run;
 *       the device may be left out if it is the CPU
 *   <li>{@code verify}: one run, whose result is compared with what is expected
 *   <li>{@code output}: one run; some 100,000 values of its first output; {@code outputs}: of all that are numbers
 *   <li>{@code warm SECONDS CACHE}: the calls of a sample; {@code sample SECONDS CACHE}: time of a call and clock pulse in ns, in turn
 *   <li>{@code run SECONDS}: times in ns
 *   <li>{@code roofs} of the CPU; {@code peak COUNT}: GFLOP/s; {@code handover}: ns, see {@link HandOver}
 *   <li>{@code reload COUNT}: times of loading and the first run in ns; {@code memory}: peak resident KiB
 * </ul>
 */
public final class Child {
    static final String OK = "ok";
    static final String ABSENT = "absent";
    static final String WRONG = "wrong";
    private static final String FAILED = "failed";
    private static final int OUTPUTS = 100_000;

    private final String name;
    private final Library library;
    private Supplier<Call> opening;
    private Call call;
    private Expectation expectation;
    private CallSampling sampling;
    private HandOver handOver;

    private Child(String name) {
        this.name = name;
        this.library = Contender.of(name).library();
    }

    public static void main(String[] args) throws IOException {
        PrintStream answers = System.out;
        System.setOut(System.err); // what a library prints is no answer
        Child child = new Child(args[0]);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            answers.println(child.answer(line.split("\t")));
            answers.flush();
        }
        child.close();
    }

    private String answer(String... words) {
        try {
            return OK + "\t" + reply(words);
        } catch (UnsupportedProblemException e) {
            return ABSENT + "\t" + oneLine(e.getMessage());
        } catch (VerificationException e) {
            return WRONG + "\t" + oneLine(e.getMessage());
        } catch (IOException | RuntimeException | LinkageError | OutOfMemoryError e) {
            return FAILED + "\t" + oneLine(e.toString());
        }
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s+", " ");
    }

    private String reply(String... words) throws IOException {
        return switch (words[0]) {
            case "version" -> version();
            case "open" -> open(Problem.parse(words[1]), Long.parseLong(words[2]), setting(words, 3));
            case "load" -> load(Path.of(words[1]), Npy.readAll(Path.of(words[3])), setting(words, 2));
            case "verify" -> verify();
            case "output" -> output();
            case "outputs" -> outputs();
            case "warm" -> sampling.warm(Double.parseDouble(words[1]), Cache.valueOf(words[2]));
            case "sample" -> sampling.sample(Double.parseDouble(words[1]), Cache.valueOf(words[2]));
            case "roofs" -> CallSampling.roofs(Devices.get("cpu"));
            case "run" -> run(Double.parseDouble(words[1]));
            case "peak" -> peak(Integer.parseInt(words[1]));
            case "handover" -> Double.toString(handOver());
            case "reload" -> reload(Integer.parseInt(words[1]));
            case "memory" -> peakMemory();
            default -> throw new IllegalArgumentException("there is no command " + words[0]);
        };
    }

    private String version() {
        library.absence().ifPresent(reason -> {
            throw new UnsupportedProblemException(reason);
        });
        return library.version();
    }

    private static Setting setting(String[] words, int threads) {
        String device = words.length > 4 ? words[4] : "cpu";
        return new Setting(device, Integer.parseInt(words[threads]));
    }

    private String open(Problem problem, long seed, Setting setting) {
        List<HostTensor> inputs = problem.inputs(seed);
        start(() -> library.open(problem, inputs, setting));
        expectation = Expectation.of(problem, inputs, seed);
        return "";
    }

    private String load(Path file, Map<String, HostTensor> inputs, Setting setting) {
        if (!(library instanceof ModelLibrary models)) {
            throw new UnsupportedProblemException("runs no ONNX models");
        }
        try {
            start(() -> models.open(file, inputs, setting));
        } catch (UnsupportedProblemException e) {
            throw new UnsupportedProblemException(
                    e.getMessage() + " (if these inputs do not suit it: --axis for sizes, --input for values)", e);
        }
        return "";
    }

    private void start(Supplier<Call> how) {
        close();
        opening = how;
        try {
            call = how.get();
            call.run(); // what a library finds out only then is an absence, too
        } catch (ModelException | DeviceException | IllegalArgumentException e) {
            throw new UnsupportedProblemException(e.getMessage(), e);
        }
        sampling = new CallSampling(call);
    }

    private String verify() {
        call.run();
        expectation.check(name, call.output());
        return "";
    }

    /** Runs for about this long, at least three times. */
    private String run(double seconds) {
        StringBuilder times = new StringBuilder();
        long end = System.nanoTime() + (long) (seconds * 1e9);
        for (int i = 0; i < 3 || System.nanoTime() < end; i++) {
            times.append(call.time(1)).append(' ');
        }
        return times.toString();
    }

    private String output() {
        call.run();
        return some(call.output());
    }

    private String outputs() {
        call.run();
        return call.outputs().stream().map(Child::some).collect(Collectors.joining("\t"));
    }

    private static String some(HostTensor values) {
        int step = values.size() / OUTPUTS | 1; // odd, so as not to walk down one column
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < values.size(); i += step) {
            text.append(values.getDouble(i)).append(' ');
        }
        return text.toString();
    }

    private static String peak(int count) {
        StringBuilder rates = new StringBuilder();
        for (int i = count; i > 0; i--) {
            rates.append(FmaPeak.measure(Devices.get("cpu"))).append(' ');
        }
        return rates.toString();
    }

    private double handOver() {
        if (handOver == null) {
            handOver = new HandOver();
        }
        return handOver.nanoseconds();
    }

    private String reload(int count) {
        StringBuilder times = new StringBuilder();
        for (int i = count; i > 0; i--) {
            close();
            long start = System.nanoTime();
            call = opening.get();
            call.run();
            times.append(System.nanoTime() - start).append(' ');
        }
        sampling = new CallSampling(call);
        return times.toString();
    }

    private static String peakMemory() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmHWM"))
                .map(line -> line.replaceAll("\\D", ""))
                .findFirst()
                .orElse("0");
    }

    private void close() {
        if (call != null) {
            call.close();
            call = null;
        }
    }
}

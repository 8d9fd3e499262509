package io.sardonyx.bench;

import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Sardonyx against ONNX Runtime on whole models: two child JVMs take turns on the same inputs, and the ratio is the median over
 * turns of the ratio of their medians. Verified before timing: the first outputs, less their means, must agree (cosine).
 *
 * <p>{@code bench/compare [--models DIR] [--only NAME] [--threads 1,2] [--turns N] [--seconds S] [--starts all] [--json FILE]}: with
 * {@code --starts all} also load times and peak memory of all these models, not of MiniLM alone.
 */
public final class Compare {
    /** One line of the table, as in {@link Duel.Result}. */
    record Line(
            String workload,
            int threads,
            double oursMs,
            double peerMs,
            double ratio,
            double low,
            double high,
            double handOverNs,
            int dropped,
            Double apart) {
        static Line of(Workload workload, int threads, Duel.Result r) {
            return new Line(
                    workload.name(),
                    threads,
                    r.oursMs(),
                    r.peerMs(),
                    r.ratio(),
                    r.low(),
                    r.high(),
                    r.handOver(),
                    r.dropped(),
                    r.apart());
        }

        /** What is to be known of where the threads ran. */
        private String places() {
            String near = threads == 1 ? "" : String.format(Locale.ROOT, "  hand-over %3.0f ns", handOverNs);
            return dropped == 0
                    ? near
                    : near + String.format(Locale.ROOT, ", %d turns dropped (cores apart: %.2f)", dropped, apart);
        }
    }

    /**
     * Time in ms from the file to the first output, in a JVM that has done it before, and peak resident memory in MiB of a process
     * that loads and runs.
     */
    record Start(String workload, double oursFirstMs, double peerFirstMs, double oursPeakMiB, double peerPeakMiB) {}

    record Report(Origin origin, List<Line> lines, List<Start> starts) {}

    private final Path models;
    private final int turns;
    private final double seconds;

    private Compare(Path models, int turns, double seconds) {
        this.models = models;
        this.turns = turns;
        this.seconds = seconds;
    }

    public static void main(String[] args) throws IOException {
        Arguments arguments = new Arguments(args);
        Path models = Path.of(arguments.get("models", "../shared/models"));
        Compare compare = new Compare(
                models,
                Integer.parseInt(arguments.get("turns", "7")),
                Double.parseDouble(arguments.get("seconds", "1")));
        List<Line> lines = new ArrayList<>();
        List<Workload> measured = new ArrayList<>();
        for (Workload workload : Workload.ALL) {
            if (!workload.name().contains(arguments.get("only", ""))) {
                continue;
            }
            Optional<Path> file = workload.file(models);
            if (file.isEmpty()) {
                System.out.println(workload.name() + ": skipped, its model is not below " + models);
                continue;
            }
            measured.add(workload);
            for (String threads : arguments.get("threads", "1,2").split(",")) {
                int count = Integer.parseInt(threads);
                Line line = Line.of(workload, count, compare.duel(workload, file.get(), count));
                System.out.printf(
                        Locale.ROOT,
                        "%-19s %d threads  ours %9.3f ms  peer %9.3f ms  speed-up %.2f [%.2f, %.2f]%s%n",
                        line.workload,
                        line.threads,
                        line.oursMs,
                        line.peerMs,
                        line.ratio,
                        line.low,
                        line.high,
                        line.places());
                lines.add(line);
            }
        }
        List<Start> starts = new ArrayList<>();
        for (Workload workload : arguments.has("starts") ? measured : List.of(Workload.named("minilm 1x128"))) {
            Start start = compare.start(workload);
            System.out.printf(
                    Locale.ROOT,
                    "%-19s load and first run %4.0f ms, peer %4.0f ms; peak memory %4.0f MiB, peer %4.0f MiB%n",
                    start.workload,
                    start.oursFirstMs,
                    start.peerFirstMs,
                    start.oursPeakMiB,
                    start.peerPeakMiB);
            starts.add(start);
        }
        Report report = new Report(Origin.of("bench/compare", args), lines, starts);
        if (arguments.has("json")) {
            Files.writeString(
                    Path.of(arguments.get("json", "")),
                    new GsonBuilder().setPrettyPrinting().create().toJson(report) + "\n");
        }
    }

    private Duel.Result duel(Workload workload, Path file, int threads) throws IOException {
        try (Duel duel = new Duel(threads)) {
            duel.load(workload.name(), file, Inputs.write(workload, file), workload.leastCosine());
            return duel.run(turns, seconds);
        }
    }

    /** Times in warm JVMs; memory in fresh ones. */
    private Start start(Workload workload) throws IOException {
        Path file = workload.file(models).orElseThrow();
        Path inputs = Inputs.write(workload, file);
        double[] first = new double[2];
        double[] memory = new double[2];
        String[] names = {Duel.OURS, Duel.PEER};
        for (int i = 0; i < 2; i++) {
            try (ChildProcess fresh = new ChildProcess(names[i], List.of())) {
                fresh.ask("load", file, 1, inputs);
                fresh.ask("run", 0.1);
                memory[i] = fresh.askNumbers("memory")[0] / 1024;
                double[] times = fresh.askNumbers("reload", 9);
                first[i] = Duel.median(Arrays.copyOfRange(times, 2, times.length)) / 1e6;
            }
        }
        return new Start(workload.name(), first[0], first[1], memory[0], memory[1]);
    }
}

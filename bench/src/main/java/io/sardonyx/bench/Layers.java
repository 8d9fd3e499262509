package io.sardonyx.bench;

import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Single convolution layers of ResNet-50, MobileNetV2 and a UNet against ONNX Runtime and against the machine's multiply-add
 * peak, by the rules of {@link Duel}. A model is the layer several times side by side, each with data of its own, so that a run
 * does not find in the caches what the run before it left there; times are of one layer.
 *
 * <p>{@code bench/layers [--only NAME] [--threads 1,2] [--turns N] [--seconds S] [--json FILE]}
 */
public final class Layers {
    private static final long DATA = 64 << 20; // bytes of all copies, more than caches of the second level hold
    private static final int MOST_COPIES = 32;
    private static final double LEAST_COSINE = 0.9999;

    /** One line of the table: {@code ratio} is the peer's time over ours, {@code ofPeak} our fraction of the peak. */
    record Line(
            String layer,
            int threads,
            int copies,
            double oursMs,
            double peerMs,
            double ratio,
            double low,
            double high,
            double oursGflops,
            double ofPeak) {}

    record Report(Origin origin, List<Line> lines, List<Mean> geometricMeans) {}

    record Mean(String layers, int threads, double ratio) {}

    private Layers() {}

    public static void main(String[] args) throws IOException {
        Arguments arguments = new Arguments(args);
        int turns = Integer.parseInt(arguments.get("turns", "5"));
        double seconds = Double.parseDouble(arguments.get("seconds", "0.2"));
        List<ConvLayer> layers = ConvLayer.all().stream()
                .filter(layer -> layer.name().contains(arguments.get("only", "")))
                .toList();
        List<Line> lines = new ArrayList<>();
        List<Mean> means = new ArrayList<>();
        for (String threads : arguments.get("threads", "1,2").split(",")) {
            int count = Integer.parseInt(threads);
            List<Line> measured = new ArrayList<>();
            try (Duel duel = new Duel(count)) {
                for (ConvLayer layer : layers) {
                    measured.add(line(duel, layer, count, turns, seconds));
                    print(measured.get(measured.size() - 1));
                }
            }
            lines.addAll(measured);
            means.addAll(means(measured, count));
        }
        for (Mean mean : means) {
            System.out.printf(
                    Locale.ROOT, "%s, %d threads: geometric mean %.2f%n", mean.layers, mean.threads, mean.ratio);
        }
        if (arguments.has("json")) {
            Report report = new Report(Origin.of("bench/layers", args), lines, means);
            Files.writeString(
                    Path.of(arguments.get("json", "")),
                    new GsonBuilder().setPrettyPrinting().create().toJson(report) + "\n");
        }
    }

    private static Line line(Duel duel, ConvLayer layer, int threads, int turns, double seconds) throws IOException {
        int copies = (int) Math.max(1, Math.min(MOST_COPIES, DATA / layer.bytes()));
        Path model = Files.createTempFile("sardonyx-bench-", ".onnx");
        Path inputs = model; // until they are there
        try {
            Files.write(model, layer.model(copies));
            inputs = Inputs.write(new Workload(layer.name(), "", layer.inputs(copies), List.of(), LEAST_COSINE), model);
            duel.load(layer.name(), model, inputs, LEAST_COSINE);
        } finally {
            Files.delete(model);
            Files.deleteIfExists(inputs);
        }
        Duel.Result result = duel.run(turns, seconds);
        double gflops = layer.flops() * copies / (result.oursMs() * 1e6);
        return new Line(
                layer.name(),
                threads,
                copies,
                result.oursMs() / copies,
                result.peerMs() / copies,
                result.ratio(),
                result.low(),
                result.high(),
                gflops,
                gflops / duel.peak());
    }

    private static void print(Line line) {
        System.out.printf(
                Locale.ROOT,
                "%-46s %d threads  ours %8.3f ms  peer %8.3f ms  speed-up %.2f [%.2f, %.2f]  %6.1f GFLOP/s, %2.0f %% of peak%n",
                line.layer,
                line.threads,
                line.oursMs,
                line.peerMs,
                line.ratio,
                line.low,
                line.high,
                line.oursGflops,
                100 * line.ofPeak);
    }

    /** Of each network, and of all. */
    private static List<Mean> means(List<Line> lines, int threads) {
        List<Mean> means = new ArrayList<>();
        ConvLayer.all().stream().map(ConvLayer::network).distinct().forEach(network -> lines.stream()
                .filter(line -> line.layer.startsWith(network))
                .mapToDouble(line -> Math.log(line.ratio))
                .average()
                .ifPresent(mean -> means.add(new Mean(network, threads, Math.exp(mean)))));
        lines.stream()
                .mapToDouble(line -> Math.log(line.ratio))
                .average()
                .ifPresent(mean -> means.add(new Mean("all layers", threads, Math.exp(mean))));
        return means;
    }
}

package io.sardonyx.bench.compare;

import com.google.gson.GsonBuilder;
import io.sardonyx.bench.Arguments;
import io.sardonyx.bench.Origin;
import io.sardonyx.bench.define.Benchmarks;
import io.sardonyx.bench.define.Problem;
import io.sardonyx.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Whether {@link Pair} tells the truth on this machine: the same kernel beside itself must be the same, and beside one that works 5 %
 * more (a product whose inner dimension is so much longer) that one must be slower. Every pair has JVMs of its own, because
 * where memory lies differs between processes.
 *
 * <p>{@code bench/noise [--pairs 50] [--m 128] [--n 192] [--k 1280] [--threads 1] [--limit S] [--threshold %] [--json FILE]}; exits with
 * 1 if fewer than all pairs of the same, or fewer than 45 of 50 of the other kind, are recognised.
 */
public final class NoiseTest {
    private static final double MORE_WORK = 0.05;
    private static final double LEAST_SLOWER = 0.9;

    /** One kind of pair: what it has to show, and what it showed. */
    record Kind(String name, Verdict expected, Map<Verdict, Integer> counts, List<PairResult> pairs) {
        static Kind of(String name, Verdict expected, List<PairResult> pairs) {
            Map<Verdict, Integer> counts = new EnumMap<>(Verdict.class);
            for (Verdict verdict : Verdict.values()) {
                counts.put(verdict, (int)
                        pairs.stream().filter(pair -> pair.verdict() == verdict).count());
            }
            return new Kind(name, expected, counts, pairs);
        }

        boolean isRecognised(double part) {
            return counts.get(expected) >= part * pairs.size();
        }
    }

    record Report(Origin origin, PairPlan plan, String product, String slower, Kind same, Kind slowed) {}

    private final Problem product;
    private final Problem slower;
    private final PairPlan plan;
    private final int pairs;

    private NoiseTest(Arguments arguments) {
        long m = Long.parseLong(arguments.get("m", "128"));
        long n = Long.parseLong(arguments.get("n", "192"));
        long k = Long.parseLong(arguments.get("k", "1280"));
        product = product(m, n, k);
        slower = product(m, n, Math.round(k * (1 + MORE_WORK)));
        plan = new PairPlan(
                Integer.parseInt(arguments.get("threads", "1")),
                PairPlan.TURN_SECONDS,
                Double.parseDouble(arguments.get("limit", "30")),
                new Threshold(Double.parseDouble(arguments.get("threshold", "2.5")) / 100));
        pairs = Integer.parseInt(arguments.get("pairs", "50"));
    }

    private static Problem product(long m, long n, long k) {
        return Benchmarks.named("matmul").at(Map.of("m", m, "n", n, "k", k), DType.FLOAT32);
    }

    public static void main(String[] args) throws IOException {
        Arguments arguments = new Arguments(args);
        NoiseTest test = new NoiseTest(arguments);
        Report report = test.report(Origin.of("bench/noise", "itself", args));
        print(report.same);
        print(report.slowed);
        if (arguments.has("json")) {
            String text = new GsonBuilder()
                    .setPrettyPrinting()
                    .disableHtmlEscaping()
                    .create()
                    .toJson(report);
            Files.writeString(Path.of(arguments.get("json", "")), text + "\n");
        }
        System.exit(report.same.isRecognised(1) && report.slowed.isRecognised(LEAST_SLOWER) ? 0 : 1);
    }

    private Report report(Origin origin) {
        List<PairResult> same = new ArrayList<>();
        List<PairResult> slowed = new ArrayList<>();
        Side usual = new Side(ClassPath.ours(), new Work.Single(product));
        Side more = new Side(ClassPath.ours(), new Work.Single(slower));
        for (int pair = 1; pair <= pairs; pair++) {
            same.add(print(pair, "same", Pair.measure(usual, usual, plan)));
            slowed.add(print(pair, "slowed", Pair.measure(usual, more, plan)));
        }
        Kind first = Kind.of("the same kernel", Verdict.SAME, same);
        Kind second = Kind.of("5 % more work", Verdict.SLOWER, slowed);
        return new Report(origin, plan, product.toString(), slower.toString(), first, second);
    }

    private static PairResult print(int pair, String kind, PairResult result) {
        System.out.printf(
                Locale.ROOT,
                "%3d %-6s  %-6s  %.4f [%.4f, %.4f]  %4d turns in %4.1f s  %.3f ms, %.3f ms%n",
                pair,
                kind,
                result.verdict(),
                result.ratio().estimate(),
                result.ratio().low(),
                result.ratio().high(),
                result.turns(),
                result.seconds(),
                result.baseNanoseconds() / 1e6,
                result.candidateNanoseconds() / 1e6);
        return result;
    }

    private static void print(Kind kind) {
        double[] estimates = kind.pairs.stream()
                .mapToDouble(pair -> pair.ratio().estimate())
                .sorted()
                .toArray();
        System.out.printf(
                Locale.ROOT,
                "%s: %s in %d of %d pairs; %s; ratios %.4f to %.4f%n",
                kind.name,
                kind.expected,
                kind.counts.get(kind.expected),
                kind.pairs.size(),
                kind.counts,
                estimates[0],
                estimates[estimates.length - 1]);
    }
}

package io.sardonyx.cli;

import io.sardonyx.bench.collective.VerificationException;
import io.sardonyx.bench.compare.ClassPath;
import io.sardonyx.bench.compare.Pair;
import io.sardonyx.bench.compare.PairPlan;
import io.sardonyx.bench.compare.PairResult;
import io.sardonyx.bench.compare.Side;
import io.sardonyx.bench.compare.Threshold;
import io.sardonyx.bench.compare.Verdict;
import io.sardonyx.bench.compare.Work;
import io.sardonyx.bench.define.Axis;
import io.sardonyx.bench.define.Benchmark;
import io.sardonyx.bench.define.Benchmarks;
import io.sardonyx.onnx.ModelException;
import io.sardonyx.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Another build and this one, side by side. */
@Command(
        name = "pair",
        description =
                "Compares another build with this one: two JVMs take turns at the same work until the verdict is clear.",
        footer = {
            "",
            "Results are verified before and after. Exits with 0; with 1 if this build is SLOWER; with 2 if"
                    + " builds do not compare."
        },
        mixinStandardHelpOptions = true)
final class BenchPairCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--base",
            paramLabel = "JAR_OR_DIR",
            required = true,
            description = "the other build: a jar, or a folder of jars such as java/cli/target/lib of another checkout")
    private Path base;

    @Parameters(paramLabel = "BENCHMARK", description = "as in bench --list (default ${DEFAULT-VALUE})", arity = "0..1")
    private String benchmark = "matmul";

    @Option(names = "--model", paramLabel = "FILE", description = "an ONNX model instead; its inputs are made up")
    private Optional<Path> model = Optional.empty();

    @Option(
            names = "--axis",
            paramLabel = "AXIS",
            converter = BenchOptions.AxisConverter.class,
            description = "a size, as in m=512; of a model, that of a dimension with a name")
    private List<Axis> axes = new ArrayList<>();

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            converter = BenchOptions.TypeConverter.class,
            description = "of the operands (default: the benchmark's usual one)")
    private Optional<DType> dtype = Optional.empty();

    @Option(names = "--threads", paramLabel = "N", description = "of each build (default ${DEFAULT-VALUE})")
    private int threads = 1;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            description = "of turns, at most; up to three times that where builds differ (default ${DEFAULT-VALUE})")
    private double seconds = 60;

    @Option(
            names = "--threshold",
            paramLabel = "PERCENT",
            description = "the smallest difference that counts (default ${DEFAULT-VALUE})")
    private double threshold = 100 * Threshold.USUAL.part();

    @Override
    public Integer call() throws IOException {
        try {
            return ComparisonStatus.of(measure());
        } catch (IllegalArgumentException | IllegalStateException | ModelException | VerificationException e) {
            return ComparisonStatus.refused(spec.commandLine().getErr(), e.getMessage());
        }
    }

    private Verdict measure() throws IOException {
        PairPlan plan = new PairPlan(threads, PairPlan.TURN_SECONDS, seconds, new Threshold(threshold / 100));
        String other = ClassPath.of(base);
        try (Work work = work()) {
            PairResult result = Pair.measure(new Side(other, work), new Side(ClassPath.ours(), work), plan);
            spec.commandLine().getOut().println(work + ": " + words(result));
            spec.commandLine().getOut().flush();
            return result.verdict();
        }
    }

    private Work work() throws IOException {
        List<Map<String, Long>> points = Axis.product(axes);
        if (points.size() != 1) {
            throw new IllegalArgumentException(
                    "a pair has one size along each axis, given " + points.size() + " points");
        }
        if (model.isPresent()) {
            if (!Files.exists(model.get())) {
                throw new IllegalArgumentException("there is no file " + model.get());
            }
            return Work.OfModel.of(model.get(), points.get(0));
        }
        Benchmark known = Benchmarks.named(benchmark);
        return new Work.Single(
                known.at(points.get(0), dtype.orElse(known.dtypes().get(0))));
    }

    private static String words(PairResult result) {
        return String.format(
                Locale.ROOT,
                "%s, this build takes %.4f of the other's time [%.4f, %.4f]: %.3f ms, the other %.3f ms; %d turns in %.1f s",
                result.verdict(),
                result.ratio().estimate(),
                result.ratio().low(),
                result.ratio().high(),
                result.candidateNanoseconds() / 1e6,
                result.baseNanoseconds() / 1e6,
                result.turns(),
                result.seconds());
    }
}

package io.sardonyx.cli;

import io.sardonyx.bench.collective.AllReduceProcesses;
import io.sardonyx.bench.collective.AllReduceSweep;
import io.sardonyx.bench.collective.RankDevices;
import io.sardonyx.bench.collective.SamplingPlan;
import io.sardonyx.collective.AllReduceAlgorithm;
import io.sardonyx.collective.Reduction;
import io.sardonyx.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** A table of all-reduces that were measured. */
@Command(
        name = "allreduce",
        description =
                "Times all-reduces, out of place, like nccl-tests: every element of every rank is verified before and"
                        + " after; a wrong one ends the run without a time.",
        footer = {
            "",
            "algbw is the bytes of one rank's tensor over the median time; busbw is algbw x 2 (n - 1) / n.",
            "of bound: virtual ranks on one GPU against R (R + 1) S bytes (one-shot) or (3 R + 1) S (two-shot) at the speed of a"
                    + " copy there. Times of sim devices are the simulator's own, not a GPU's."
        },
        mixinStandardHelpOptions = true)
final class BenchAllReduceCommand implements Callable<Integer> {
    /** What is enough for a simulator, which takes long. */
    private static final String SIMULATED_SIZES = "8:32K:*16";

    private static final String USUAL_SIZES = "8:64M:*4";
    private static final String LOCAL = "local";

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--device",
            paramLabel = "NAME",
            description =
                    "cpu; cuda or sim, a GPU for each rank; cuda:0 or sim:0, virtual ranks on one (default ${DEFAULT-VALUE})")
    private String device = "cpu";

    @Option(
            names = "--ranks",
            split = ",",
            paramLabel = "N",
            description = "how many; one table for each (default ${DEFAULT-VALUE})",
            defaultValue = "2,4,8")
    private List<Integer> ranks;

    @Option(
            names = "--engine",
            paramLabel = "NAME",
            description =
                    "local for ranks in this process, or what connects a process for each: gloo on cpu, nccl on cuda (default"
                            + " ${DEFAULT-VALUE})")
    private String engine = LOCAL;

    @Option(
            names = "--sizes",
            paramLabel = "SIZES",
            converter = Sizes.Converter.class,
            description = "bytes of each rank's tensor, as in 1K,1M or 8:64M:*4 (default " + USUAL_SIZES + "; on sim "
                    + SIMULATED_SIZES + ")")
    private Optional<Sizes> sizes = Optional.empty();

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            converter = TypeConverter.class,
            description = "float32, float16, bfloat16, float64, int32 or int64 (default ${DEFAULT-VALUE})",
            defaultValue = "float32")
    private DType dtype;

    @Option(
            names = "--reduction",
            paramLabel = "NAME",
            description = "${COMPLETION-CANDIDATES}, in any case (default ${DEFAULT-VALUE})")
    private Reduction reduction = Reduction.SUM;

    @Option(
            names = "--algorithm",
            split = ",",
            paramLabel = "NAME",
            converter = AlgorithmConverter.class,
            description = "of our kernels for GPUs: one-shot, two-shot, or auto, what a group chooses (default auto)")
    private List<Optional<AllReduceAlgorithm>> algorithms = List.of(Optional.empty());

    @Option(
            names = "--seconds",
            paramLabel = "S",
            description = "for a line: warm-up and samples (default ${DEFAULT-VALUE})")
    private double seconds = 0.5;

    @Option(
            names = "--iterations",
            paramLabel = "N",
            description = "all-reduces in a sample; what fits the time without this")
    private int iterations;

    @Option(names = "--seed", paramLabel = "N", description = "of the values (default ${DEFAULT-VALUE})")
    private long seed = 1;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "also writes the lines there, with where they come from")
    private Optional<Path> json = Optional.empty();

    @Override
    public Integer call() throws IOException {
        List<Long> bytes = sizes.orElseGet(() -> Sizes.parse(device.startsWith("sim") ? SIMULATED_SIZES : USUAL_SIZES))
                .bytes();
        RankDevices devices = new RankDevices(device);
        AllReduceTable table = new AllReduceTable(spec.commandLine().getOut());
        table.title(device, devices.first(1).get(0).describe());
        for (int count : ranks) {
            for (Optional<AllReduceAlgorithm> algorithm : algorithms) {
                SamplingPlan plan = new SamplingPlan(seconds, iterations);
                AllReduceSweep sweep = new AllReduceSweep(bytes, dtype, reduction, algorithm, plan, seed);
                if (engine.equals(LOCAL)) {
                    sweep.run(devices, count, table);
                } else {
                    new AllReduceProcesses(sweep, engine).run(devices, count, table);
                }
            }
        }
        if (json.isPresent()) {
            List<String> arguments = spec.root().commandLine().getParseResult().originalArgs();
            Files.writeString(json.get(), table.json("sardonyx " + String.join(" ", arguments), seed) + "\n");
        }
        return 0;
    }

    /** {@code auto} is no algorithm. */
    static final class AlgorithmConverter implements ITypeConverter<Optional<AllReduceAlgorithm>> {
        @Override
        public Optional<AllReduceAlgorithm> convert(String name) {
            if (name.equals("auto")) {
                return Optional.empty();
            }
            for (AllReduceAlgorithm algorithm : AllReduceAlgorithm.values()) {
                if (algorithm.toString().equals(name)) {
                    return Optional.of(algorithm);
                }
            }
            throw new TypeConversionException("expected one-shot, two-shot or auto, given " + name);
        }
    }

    /** Reads types as they are printed. */
    static final class TypeConverter implements ITypeConverter<DType> {
        @Override
        public DType convert(String name) {
            try {
                return DType.ofName(name);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException("expected a type such as float32, given " + name);
            }
        }
    }
}

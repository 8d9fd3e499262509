package io.sardonyx.cli;

import io.sardonyx.bench.define.Benchmark;
import io.sardonyx.bench.define.Benchmarks;
import io.sardonyx.bench.define.ShapeList;
import io.sardonyx.bench.measure.BenchRun;
import io.sardonyx.bench.measure.Plan;
import io.sardonyx.tensor.DType;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** How fast this machine is. */
@Command(
        name = "bench",
        description =
                "Measures how fast devices are, beside others, and verifies what they compute before and after: a wrong"
                        + " result ends the run without a time.",
        footer = {
            "",
            "Contenders take turns in processes of their own. speed-up is a contender's speed over the first one's: the median over the"
                    + " turns, and an interval that holds it with 99 %%. %% of roof is of what the machine did at most in the same run.",
            "Ctrl-C keeps what is done."
        },
        subcommands = {
            BenchAllReduceCommand.class,
            BenchModelCommand.class,
            BenchCompareCommand.class,
            BenchPairCommand.class,
            BenchReportCommand.class
        },
        mixinStandardHelpOptions = true)
final class BenchCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "BENCHMARK",
            description = "what to measure, as in --list; all of them without this",
            arity = "0..*")
    private List<String> names = new ArrayList<>();

    @Option(
            names = "--dtype",
            split = ",",
            paramLabel = "TYPE",
            converter = BenchOptions.TypeConverter.class,
            description = "of the operands: float32 or f32, bfloat16 or bf16, … (default: each benchmark's usual one)")
    private List<DType> dtypes = new ArrayList<>();

    @Option(
            names = "--shapes",
            paramLabel = "NAME",
            converter = ShapesConverter.class,
            description =
                    "sizes that belong together, in place of --axis: transformers, 40 products of BERT-like models; squares, products of"
                            + " square matrices")
    private Optional<ShapeList> shapes = Optional.empty();

    @Option(names = "--list", description = "prints the benchmarks and their axes, and measures nothing")
    private boolean list;

    @Mixin
    private BenchOptions options;

    @Override
    public Integer call() {
        List<Benchmark> benchmarks = names.isEmpty()
                ? Benchmarks.all()
                : names.stream().map(Benchmarks::named).toList();
        if (list) {
            print(benchmarks);
            return 0;
        }
        Plan plan = options.plan(benchmarks, shapes, dtypes);
        BenchSession session = new BenchSession(spec, options);
        return session.run(new BenchRun(plan, session.findings(), session));
    }

    private void print(List<Benchmark> benchmarks) {
        PrintWriter out = spec.commandLine().getOut();
        for (Benchmark benchmark : benchmarks) {
            out.println(benchmark.name() + ": " + benchmark.description());
            out.println(
                    "    " + benchmark.dtypes().stream().map(DType::toString).collect(Collectors.joining(", ")));
            benchmark
                    .axes()
                    .forEach((name, axis) -> out.println("    " + name + "=" + axis.usual() + "  " + axis.meaning()));
        }
        out.flush();
    }

    static final class ShapesConverter implements ITypeConverter<ShapeList> {
        @Override
        public ShapeList convert(String name) {
            try {
                return ShapeList.named(name);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}

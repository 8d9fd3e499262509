package io.sardonyx.cli;

import io.sardonyx.collective.plan.Algorithm;
import io.sardonyx.collective.plan.Cluster;
import io.sardonyx.collective.plan.Estimate;
import io.sardonyx.collective.plan.Planner;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** A table, and a chart, of simulated all-reduces. */
@Command(
        name = "allreduce",
        description =
                "Estimates all-reduces of a cluster: time, bandwidths, and the algorithm that is fastest by the model.",
        mixinStandardHelpOptions = true)
final class PlanAllReduceCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--system",
            required = true,
            paramLabel = "FILE",
            description = "nodes and links as JSON; bench/systems has some")
    private Path system;

    @Option(
            names = "--sizes",
            paramLabel = "SIZES",
            converter = Sizes.Converter.class,
            description = "bytes of a message, as in 1K,1M,1G or 8:8G:*4 (default ${DEFAULT-VALUE})",
            defaultValue = "8:8G:*4")
    private Sizes sizes;

    @Option(names = "--gpus", split = ",", paramLabel = "N", description = "how many; all that there are without this")
    private List<Integer> gpus = new ArrayList<>();

    @Option(
            names = "--algorithm",
            split = ",",
            paramLabel = "NAME",
            converter = AlgorithmConverter.class,
            description =
                    "what to choose from: ring, tree, nvls, nvls-tree, hierarchical; what the engine has without this")
    private Set<Algorithm> algorithms = new TreeSet<>();

    @Option(names = "--svg", paramLabel = "FILE", description = "writes bus bandwidth over size as a chart")
    private Optional<Path> svg = Optional.empty();

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    @Override
    public Integer call() {
        Cluster cluster = ClusterFile.read(system);
        Planner planner = algorithms.isEmpty() ? new Planner(cluster) : new Planner(cluster, algorithms);
        List<Integer> counts = gpus.isEmpty() ? List.of(cluster.gpus()) : gpus;
        List<List<Estimate>> sweeps = counts.stream()
                .map(count -> sizes.bytes().stream()
                        .map(bytes -> planner.estimate(count, bytes))
                        .toList())
                .toList();
        List<Estimate> all = sweeps.stream().flatMap(List::stream).toList();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.of(all.stream().map(Printed::new).toList()));
        } else {
            print(cluster, all, out);
        }
        out.flush();
        svg.ifPresent(file -> new BandwidthChart(cluster.name(), sweeps).write(file));
        return 0;
    }

    private static void print(Cluster cluster, List<Estimate> estimates, PrintWriter out) {
        out.println(cluster.name() + ": all-reduce, simulated; GB/s are 10^9 bytes");
        out.println(" GPUs      size        time us  algbw GB/s  busbw GB/s  efficiency  algorithm");
        for (Estimate e : estimates) {
            out.printf(
                    Locale.ROOT,
                    "%5d  %8s  %13.1f  %10.2f  %10.2f  %9.1f%%  %-20s  simulated%n",
                    e.gpus(),
                    Sizes.format(e.bytes()),
                    e.seconds() * 1e6,
                    e.algbw() / 1e9,
                    e.busbw() / 1e9,
                    e.efficiency() * 100,
                    e.choice().map(c -> c.algorithm() + " " + c.protocol()).orElse("nothing to do"));
        }
    }

    /** An estimate for programs, which says what it is on each line too. */
    private record Printed(
            boolean simulated,
            int gpus,
            long bytes,
            double seconds,
            double algbwGBs,
            double busbwGBs,
            double efficiency,
            String algorithm,
            String protocol) {
        Printed(Estimate e) {
            this(
                    true,
                    e.gpus(),
                    e.bytes(),
                    e.seconds(),
                    e.algbw() / 1e9,
                    e.busbw() / 1e9,
                    e.efficiency(),
                    e.choice().map(c -> c.algorithm().toString()).orElse("none"),
                    e.choice().map(c -> c.protocol().toString()).orElse("none"));
        }
    }

    /** Reads names as they are printed. */
    static final class AlgorithmConverter implements ITypeConverter<Algorithm> {
        @Override
        public Algorithm convert(String name) {
            for (Algorithm algorithm : Algorithm.values()) {
                if (algorithm.toString().equals(name)) {
                    return algorithm;
                }
            }
            throw new TypeConversionException("expected one of " + List.of(Algorithm.values()) + ", given " + name);
        }
    }
}

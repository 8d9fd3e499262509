package io.sardonyx.cli;

import io.sardonyx.bench.define.MadeInputs;
import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.Outputs;
import io.sardonyx.onnx.RunOptions;
import io.sardonyx.onnx.graph.ValueInfo;
import io.sardonyx.onnx.read.TensorFiles;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.HostValue;
import io.sardonyx.tensor.Npy;
import io.sardonyx.tensor.TensorType;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
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

/** Runs a model once, after one run to warm up. */
@Command(
        name = "run",
        description =
                "Runs a model and prints shapes and statistics of its outputs; inputs not given are made up from a seed.",
        mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelOptions options;

    @Parameters(paramLabel = "MODEL", description = "an ONNX file")
    private Path file;

    @Option(names = "--input", paramLabel = "NAME=FILE", description = "an input from a .npy or .pb file")
    private Map<String, Path> files = new LinkedHashMap<>();

    @Option(names = "--out", paramLabel = "DIR", description = "writes each output there as NAME.npy (or .pb)")
    private Optional<Path> out = Optional.empty();

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = TimeConverter.class,
            description = "stops the run after this time, as in 5s or 200ms")
    private Optional<Duration> timeout = Optional.empty();

    @Option(names = "--seed", description = "for inputs that are made up (default ${DEFAULT-VALUE})")
    private long seed = 1;

    @Option(names = "--plan", description = "print in front what a run does: where each node runs, and by which kernel")
    private boolean plan;

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        long start = System.nanoTime();
        try (Model model = options.builder(file).load()) {
            double load = seconds(start);
            Map<String, HostValue> inputs = inputs(model);
            if (plan) {
                spec.commandLine().getOut().print(model.plan(types(model, inputs)));
            }
            RunOptions run = timeout.map(RunOptions::timeout).orElse(RunOptions.DEFAULT);
            start = System.nanoTime();
            model.run(inputs, run).close();
            double first = seconds(start);
            start = System.nanoTime();
            try (Outputs outputs = model.run(inputs, run)) {
                double second = seconds(start);
                print(model, placement(model, inputs), outputs.toHost(), load, first, second);
            }
        }
        return 0;
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private Map<String, HostValue> inputs(Model model) throws IOException {
        Map<String, HostValue> inputs = new LinkedHashMap<>();
        MadeInputs made = new MadeInputs(options.dims(), seed);
        for (ValueInfo input : model.inputs()) {
            Path given = files.remove(input.name());
            if (given == null) {
                inputs.put(input.name(), made.make(input));
            } else if (given.toString().endsWith(".npy")) {
                inputs.put(input.name(), Npy.read(given));
            } else {
                inputs.put(input.name(), TensorFiles.read(given, input.type()).value());
            }
        }
        if (!files.isEmpty()) {
            throw new IllegalArgumentException("there is no input " + files.keySet() + "; the model has "
                    + model.inputs().stream().map(ValueInfo::name).toList());
        }
        return inputs;
    }

    /** How many nodes run where; empty where an input is no tensor. */
    private static Map<String, Long> placement(Model model, Map<String, HostValue> inputs) {
        if (!inputs.values().stream().allMatch(HostTensor.class::isInstance)) {
            return Map.of();
        }
        Map<String, Long> nodes = new TreeMap<>();
        model.placement(types(model, inputs)).forEach(p -> nodes.merge(p.where(), 1L, Long::sum));
        return nodes;
    }

    private static List<TensorType> types(Model model, Map<String, HostValue> inputs) {
        List<TensorType> types = new ArrayList<>();
        for (ValueInfo input : model.inputs()) {
            if (!(inputs.get(input.name()) instanceof HostTensor tensor)) {
                throw new IllegalArgumentException(
                        "there is no plan for input " + input.name() + ", which is no tensor");
            }
            types.add(tensor.type());
        }
        return types;
    }

    private void print(
            Model model,
            Map<String, Long> placement,
            Map<String, HostValue> outputs,
            double load,
            double first,
            double second)
            throws IOException {
        PrintWriter writer = spec.commandLine().getOut();
        List<OutputSummary> summaries = new ArrayList<>();
        for (Map.Entry<String, HostValue> output : outputs.entrySet()) {
            summaries.add(OutputSummary.of(output.getKey(), output.getValue()));
            if (out.isPresent()) {
                write(out.get(), output.getKey(), output.getValue());
            }
        }
        String device = model.device().device().name();
        if (json) {
            writer.println(Json.of(new Report(device, placement, load, first, second, summaries)));
        } else {
            summaries.forEach(writer::println);
            if (!placement.isEmpty()) {
                writer.println("nodes: "
                        + placement.entrySet().stream()
                                .map(e -> e.getValue() + " " + e.getKey())
                                .collect(Collectors.joining(", ")));
            }
            writer.printf(
                    Locale.ROOT,
                    "%s: loaded in %.1f ms, first run %.2f ms, second run %.2f ms%n",
                    device,
                    load * 1e3,
                    first * 1e3,
                    second * 1e3);
        }
        writer.flush();
    }

    private static void write(Path folder, String name, HostValue value) throws IOException {
        Files.createDirectories(folder);
        String file = name.replaceAll("[^A-Za-z0-9._-]", "_");
        if (value instanceof HostTensor tensor && Npy.canWrite(tensor.dtype())) {
            Npy.write(folder.resolve(file + ".npy"), tensor);
        } else {
            TensorFiles.write(folder.resolve(file + ".pb"), name, value);
        }
    }

    private record Report(
            String device,
            Map<String, Long> placement,
            double loadSeconds,
            double firstRunSeconds,
            double secondRunSeconds,
            List<OutputSummary> outputs) {}

    /** Reads 5s, 200ms, 1m. */
    static final class TimeConverter implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            try {
                return text.endsWith("ms")
                        ? Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2)))
                        : Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
            } catch (java.time.format.DateTimeParseException | NumberFormatException e) {
                throw new TypeConversionException("expected a time such as 5s, 200ms or 1m, given " + text);
            }
        }
    }
}

package io.sardonyx.bench.measure;

import io.sardonyx.bench.contender.Contender;
import io.sardonyx.bench.define.Axis;
import io.sardonyx.bench.define.MadeInputs;
import io.sardonyx.bench.record.Measurement.Cache;
import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.ModelReport;
import io.sardonyx.onnx.graph.DeclaredType;
import io.sardonyx.onnx.graph.Dim;
import io.sardonyx.onnx.graph.ValueInfo;
import io.sardonyx.tensor.HostTensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * A model that is to be measured.
 *
 * @param axes sizes of symbolic dimensions; 1 where none is given
 * @param given inputs that are not to be made up
 * @param starts whether loading and memory are measured, too
 */
public record ModelPlan(
        Path file,
        ModelReport report,
        List<Axis> axes,
        Map<String, HostTensor> given,
        List<String> devices,
        List<Integer> threads,
        List<Contender> against,
        List<Cache> caches,
        double seconds,
        long seed,
        boolean starts) {
    /** Operators that round to integers. */
    private static final Pattern ROUNDING = Pattern.compile(".*(Quant|Integer|QLinear|QAttention|NBits).*");

    /**
     * Looks at the model, and at everything else before anything runs.
     *
     * @throws IllegalArgumentException if there is no such file, dimension or input, in one line
     */
    public static ModelPlan of(Path file, Map<String, HostTensor> given, Plan plan, boolean starts) {
        if (!Files.exists(file)) {
            throw new IllegalArgumentException("there is no file " + file);
        }
        ModelReport report = Model.inspect(file);
        for (String device : plan.devices()) {
            if (device.startsWith("sim")) {
                throw new IllegalArgumentException("--device " + device
                        + ": a simulated GPU has no times, and of a model there is nothing else; see `run --device "
                        + device + "`");
            }
        }
        Set<String> symbols = symbols(report);
        for (Axis axis : plan.axes()) {
            if (!symbols.contains(axis.name())) {
                throw new IllegalArgumentException("--axis " + axis.name() + ": the inputs of " + file.getFileName()
                        + " have no such dimension; they have "
                        + (symbols.isEmpty() ? "none without a size" : String.join(", ", symbols)));
            }
        }
        for (String name : given.keySet()) {
            if (report.inputs().stream().noneMatch(input -> input.name().equals(name))) {
                throw new IllegalArgumentException("--input " + name + ": the model has "
                        + report.inputs().stream().map(ValueInfo::name).toList());
            }
        }
        ModelPlan all = new ModelPlan(
                file,
                report,
                plan.axes(),
                given,
                plan.devices(),
                plan.threads(),
                plan.againstOnHost(),
                plan.cachesOn(true),
                plan.seconds(),
                plan.seed(),
                starts);
        all.points().forEach(all::inputs);
        return all;
    }

    private static Set<String> symbols(ModelReport report) {
        Set<String> symbols = new TreeSet<>();
        for (ValueInfo input : report.inputs()) {
            if (input.type() instanceof DeclaredType.OfTensor tensor) {
                tensor.dims().orElse(List.of()).forEach(dim -> {
                    if (dim instanceof Dim.Symbol symbol) {
                        symbols.add(symbol.name());
                    }
                });
            }
        }
        return symbols;
    }

    List<Map<String, Long>> points() {
        return Axis.product(axes);
    }

    /** The same in every process. */
    Map<String, HostTensor> inputs(Map<String, Long> point) {
        MadeInputs made = new MadeInputs(point, seed);
        Map<String, HostTensor> inputs = new LinkedHashMap<>();
        for (ValueInfo input : report.inputs()) {
            inputs.put(input.name(), given.containsKey(input.name()) ? given.get(input.name()) : made.make(input));
        }
        return inputs;
    }

    /** How alike outputs have to be: where a rounding to integers goes the other way, it goes on from there. */
    double leastCosine() {
        return report.operators().keySet().stream().anyMatch(ROUNDING.asMatchPredicate()) ? 0.99 : 0.999;
    }

    /** The point as a record has it. */
    Map<String, String> axesOf(Map<String, Long> point) {
        Map<String, String> all = new LinkedHashMap<>();
        Path folder = file.toAbsolutePath().getParent();
        String name = file.getFileName().toString().replaceAll("\\.onnx$", "");
        all.put(
                "model",
                name.equals("model") && folder != null ? folder.getFileName().toString() : name);
        point.forEach((axis, size) -> all.put(axis, size.toString()));
        return all;
    }

    /** Who takes turns. */
    List<Crew.Seat> seats(int threadCount) {
        return HostRun.seats(devices, threads, against, threadCount);
    }
}

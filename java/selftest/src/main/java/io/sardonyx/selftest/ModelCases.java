package io.sardonyx.selftest;

import io.sardonyx.bench.define.MadeInputs;
import io.sardonyx.device.Device;
import io.sardonyx.device.Devices;
import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.Outputs;
import io.sardonyx.onnx.check.CaseFolder;
import io.sardonyx.onnx.check.Judge;
import io.sardonyx.onnx.check.JudgeChoice;
import io.sardonyx.onnx.graph.DeclaredType;
import io.sardonyx.onnx.graph.Dim;
import io.sardonyx.onnx.graph.ValueInfo;
import io.sardonyx.onnx.read.TensorFiles;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.HostValue;
import io.sardonyx.tensor.TensorType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The models of the bundle, from the folder {@code models} in {@code -Dsardonyx.home}: against their stored outputs, and where there
 * are none, as for a model without its weights, against what {@code cpu} makes of the same inputs.
 */
final class ModelCases {
    private ModelCases() {}

    static void run(Device device, Cases cases) {
        Path models = Path.of(System.getProperty("sardonyx.home", "."), "models");
        if (!Files.isDirectory(models)) {
            cases.run("models", () -> Outcome.leftOut("models", "there is no folder " + models));
            return;
        }
        for (CaseFolder folder : CaseFolder.below(models)) {
            cases.run(folder.name(), () -> check(device, folder));
        }
    }

    private static Outcome check(Device device, CaseFolder folder) {
        Path file = folder.folder().resolve("model.onnx");
        Judge judge = JudgeChoice.of(file);
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("judge", judge.toString());
        Map<String, HostValue> actual;
        Map<String, HostValue> expected;
        try (Model model = Model.builder(file).device(device).load()) {
            Map<String, HostValue> inputs = inputs(model, folder);
            data.put("nodes", placement(model, inputs));
            actual = timed(model, inputs, data);
            expected = stored(model, folder);
        }
        if (expected.isEmpty()) {
            Device cpu = Devices.get("cpu");
            data.put("against", cpu.name());
            try (Model model = Model.builder(file).device(cpu).load()) {
                expected = timed(model, inputs(model, folder), new LinkedHashMap<>());
            }
        }
        for (Map.Entry<String, HostValue> output : expected.entrySet()) {
            Optional<String> wrong = judge.judge(actual.get(output.getKey()), output.getValue());
            if (wrong.isPresent()) {
                String message = "output " + output.getKey() + ": " + wrong.get();
                return new Outcome(folder.name(), Outcome.Status.FAIL, message, data);
            }
        }
        return Outcome.pass(folder.name(), data);
    }

    /** The outputs of a second run; how long that took goes to {@code data}. */
    private static Map<String, HostValue> timed(Model model, Map<String, HostValue> inputs, Map<String, Object> data) {
        model.run(inputs).close();
        long start = System.nanoTime();
        try (Outputs outputs = model.run(inputs)) {
            data.put("milliseconds", (System.nanoTime() - start) / 1e6);
            return outputs.toHost();
        }
    }

    /** Those of the first data set; made up where there is none. */
    private static Map<String, HostValue> inputs(Model model, CaseFolder folder) {
        if (folder.dataSets().isEmpty()) {
            return madeUp(model);
        }
        return files(folder, "input_", model.inputs());
    }

    private static Map<String, HostValue> stored(Model model, CaseFolder folder) {
        return folder.dataSets().isEmpty() ? Map.of() : files(folder, "output_", model.outputs());
    }

    private static Map<String, HostValue> files(CaseFolder folder, String prefix, List<ValueInfo> values) {
        Path set = folder.dataSets().get(0);
        Map<String, HostValue> result = new LinkedHashMap<>();
        for (int i = 0; i < values.size(); i++) {
            ValueInfo value = values.get(i);
            Path file = set.resolve(prefix + i + ".pb");
            if (Files.exists(file)) {
                result.put(value.name(), TensorFiles.read(file, value.type()).value());
            }
        }
        return result;
    }

    /** Two of everything in the first open dimension, and 32 in the others. */
    private static Map<String, HostValue> madeUp(Model model) {
        Map<String, Long> sizes = new LinkedHashMap<>();
        for (ValueInfo input : model.inputs()) {
            if (input.type() instanceof DeclaredType.OfTensor tensor) {
                for (Dim dim : tensor.dims().orElse(List.of())) {
                    if (dim instanceof Dim.Symbol symbol) {
                        sizes.putIfAbsent(symbol.name(), sizes.isEmpty() ? 2L : 32L);
                    }
                }
            }
        }
        MadeInputs made = new MadeInputs(sizes, 1);
        Map<String, HostValue> inputs = new LinkedHashMap<>();
        model.inputs().forEach(input -> inputs.put(input.name(), made.make(input)));
        return inputs;
    }

    /** How many nodes run where; empty where an input is no tensor. */
    private static Map<String, Long> placement(Model model, Map<String, HostValue> inputs) {
        List<TensorType> types = new ArrayList<>();
        for (ValueInfo input : model.inputs()) {
            if (!(inputs.get(input.name()) instanceof HostTensor tensor)) {
                return Map.of();
            }
            types.add(tensor.type());
        }
        Map<String, Long> nodes = new TreeMap<>();
        model.placement(types).forEach(p -> nodes.merge(p.where(), 1L, Long::sum));
        return nodes;
    }
}

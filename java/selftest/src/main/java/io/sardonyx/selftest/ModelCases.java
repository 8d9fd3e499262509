package io.sardonyx.selftest;

import io.sardonyx.device.Device;
import io.sardonyx.device.Devices;
import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.Outputs;
import io.sardonyx.onnx.check.CaseFolder;
import io.sardonyx.onnx.check.Judge;
import io.sardonyx.onnx.check.JudgeChoice;
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
        Path set = folder.dataSets().get(0);
        Judge judge = JudgeChoice.of(file);
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("judge", judge.toString());
        Map<String, HostValue> actual;
        Map<String, HostValue> expected;
        try (Model model = Model.builder(file).device(device).load()) {
            Map<String, HostValue> inputs = inputs(model, set);
            data.put("nodes", placement(model, inputs));
            actual = timed(model, inputs, data);
            expected = stored(model, set);
        }
        if (expected.isEmpty()) {
            Device cpu = Devices.get("cpu");
            data.put("against", cpu.name());
            try (Model model = Model.builder(file).device(cpu).load()) {
                expected = timed(model, inputs(model, set), new LinkedHashMap<>());
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

    private static Map<String, HostValue> inputs(Model model, Path set) {
        Map<String, HostValue> inputs = new LinkedHashMap<>();
        for (int i = 0; i < model.inputs().size(); i++) {
            ValueInfo input = model.inputs().get(i);
            Path file = set.resolve("input_" + i + ".pb");
            if (Files.exists(file)) {
                inputs.put(input.name(), TensorFiles.read(file, input.type()).value());
            }
        }
        return inputs;
    }

    private static Map<String, HostValue> stored(Model model, Path set) {
        Map<String, HostValue> outputs = new LinkedHashMap<>();
        for (int i = 0; i < model.outputs().size(); i++) {
            ValueInfo output = model.outputs().get(i);
            Path file = set.resolve("output_" + i + ".pb");
            if (Files.exists(file)) {
                outputs.put(output.name(), TensorFiles.read(file, output.type()).value());
            }
        }
        return outputs;
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

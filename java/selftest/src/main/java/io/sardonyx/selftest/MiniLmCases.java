package io.sardonyx.selftest;

import io.sardonyx.bench.device.Effort;
import io.sardonyx.bench.device.HalfModel;
import io.sardonyx.bench.device.ModelTimer;
import io.sardonyx.device.Device;
import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.graph.ValueInfo;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Tensor;
import io.sardonyx.tensor.TensorType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/** MiniLM for 32 sentences of 128 tokens, in float32 and in float16, with PyTorch's best mode beside it where a Python has it. */
final class MiniLmCases {
    private static final Path HOME = Path.of(System.getProperty("sardonyx.home", "."));
    private static final int VOCABULARY = 30522;

    /** What stays for our own runs, and for the process. */
    private static final double RESERVE_SECONDS = 15;

    private final Device device;
    private final long batch;
    private final long length;
    private final Effort effort;

    private MiniLmCases(Device device) {
        boolean gpu = TimingCases.isGpu(device);
        this.device = device;
        batch = gpu ? 32 : 1;
        length = gpu ? 128 : 4;
        effort = gpu ? Effort.GPU : Effort.SMOKE;
    }

    static void run(Device device, Cases cases) {
        new MiniLmCases(device).run(cases);
    }

    private void run(Cases cases) {
        PyTorch pytorch = new PyTorch(HOME.resolve("bin/pytorch.py"));
        cases.run("PyTorch", () -> pytorch.run(cases.secondsLeft() - RESERVE_SECONDS));
        for (DType dtype : List.of(DType.FLOAT16, DType.FLOAT32)) {
            String name = "MiniLM " + dtype + " " + batch + " x " + length;
            cases.run(name, () -> time(name, dtype, pytorch));
        }
    }

    private Outcome time(String name, DType dtype, PyTorch pytorch) {
        Path file = HOME.resolve("models/minilm-l6/model.onnx");
        if (!Files.exists(file)) {
            return Outcome.leftOut(name, "there is no " + file);
        }
        Map<String, Object> data = new LinkedHashMap<>();
        try (Model model = Model.builder(model(file, dtype)).device(device).load()) {
            Map<String, Tensor> inputs = inputs(model);
            try {
                data.put("nodes", placement(model, inputs));
                TimingRow.putTimes(data, ModelTimer.time(device, effort, () -> model.run(inputs)
                        .close()));
            } finally {
                inputs.values().forEach(Tensor::close);
            }
        }
        Optional<PyTorch.Row> best = pytorch.best("minilm " + dtype);
        best.ifPresent(row -> {
            data.put("pytorch_mode", row.mode());
            TimingRow.putRival(data, "pytorch", row.us());
        });
        return Outcome.pass(name, data);
    }

    private static byte[] model(Path file, DType dtype) {
        try {
            byte[] model = Files.readAllBytes(file);
            return dtype == DType.FLOAT16 ? HalfModel.of(model) : model;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Tokens at random, and masks that leave all of them. */
    private Map<String, Tensor> inputs(Model model) {
        Random random = new Random(1);
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        for (ValueInfo input : model.inputs()) {
            HostTensor values = HostTensor.allocate(TensorType.of(DType.INT64, batch, length));
            for (int i = 0; i < values.size(); i++) {
                boolean mask = input.name().contains("mask");
                boolean ids = input.name().contains("input_ids");
                values.set(i, mask ? 1L : ids ? random.nextInt(VOCABULARY) : 0L);
            }
            inputs.put(input.name(), Tensor.of(values, device));
        }
        return inputs;
    }

    private static Map<String, Long> placement(Model model, Map<String, Tensor> inputs) {
        Map<String, Long> nodes = new TreeMap<>();
        model.placement(inputs.values().stream().map(Tensor::type).toList())
                .forEach(p -> nodes.merge(p.where(), 1L, Long::sum));
        return nodes;
    }
}

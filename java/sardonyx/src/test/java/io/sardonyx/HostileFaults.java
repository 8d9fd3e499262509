package io.sardonyx;

import static io.sardonyx.HostileCase.bytes;
import static io.sardonyx.HostileCase.passes;
import static io.sardonyx.HostileCase.require;
import static io.sardonyx.onnx.read.Onnx.attribute;
import static io.sardonyx.onnx.read.Onnx.body;
import static io.sardonyx.onnx.read.Onnx.identity;
import static io.sardonyx.onnx.read.Onnx.node;
import static io.sardonyx.onnx.read.Onnx.tensor;
import static io.sardonyx.onnx.read.Onnx.unshaped;
import static io.sardonyx.onnx.read.Onnx.value;

import io.sardonyx.binding.Faults;
import io.sardonyx.device.Devices;
import io.sardonyx.device.OutOfMemoryException;
import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.Outputs;
import io.sardonyx.onnx.proto.GraphProto;
import io.sardonyx.onnx.proto.NodeProto;
import io.sardonyx.onnx.proto.TensorProto;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.Tensor;
import io.sardonyx.tensor.TensorScope;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.Stream;

/**
 * Native memory that runs out at each allocation in turn, the first, the second …, until all of the work is done without: row 18
 * of the reliability contract.
 */
final class HostileFaults {
    private static final int WIDTH = 5;

    private HostileFaults() {}

    static List<HostileCase> cases() {
        Map<String, GraphProto.Builder> graphs = new LinkedHashMap<>();
        graphs.put("kernels", kernels());
        graphs.put("operators without a kernel", references());
        graphs.put("shapes that depend on data", stages());
        graphs.put("a loop", loop());
        return Stream.concat(
                        graphs.entrySet().stream().flatMap(e -> moments(e.getKey(), e.getValue())),
                        Stream.of(tensors()))
                .toList();
    }

    private static Stream<HostileCase> moments(String what, GraphProto.Builder graph) {
        return Stream.of(
                loading(what, graph),
                running(what, "the first run", graph, 0, 3),
                running(what, "a later run", graph, 2, 3),
                running(what, "a run of another shape", graph, 1, 4));
    }

    /** Weights as they are and packed, two outputs. */
    private static GraphProto.Builder kernels() {
        return graph(
                        node("MatMul", "x w", "product"),
                        node("Add", "product b", "sum"),
                        node("Softmax", "sum", "y"),
                        node("Mul", "sum b", "z"))
                .addOutput(unshaped("z", DType.FLOAT32));
    }

    private static GraphProto.Builder references() {
        return graph(
                        node("MatMul", "x w", "product"),
                        node("Hardmax", "product", "hard"),
                        node("Add", "hard b", "y"),
                        node("Compress", "product picked", "z", attribute("axis", 1)))
                .addInitializer(tensor("picked", DType.BOOL, 2).addInt32Data(1).addInt32Data(1))
                .addOutput(unshaped("z", DType.FLOAT32));
    }

    private static GraphProto.Builder stages() {
        return graph(
                        node("MatMul", "x w", "product"),
                        node("NonZero", "product", "places"),
                        node("Transpose", "places", "z"),
                        node("Shape", "z", "count"),
                        node("ConstantOfShape", "count", "zeros"),
                        node("ReduceSum", "zeros", "zero"),
                        node("Add", "product zero", "y"))
                .addOutput(unshaped("z", DType.INT64));
    }

    private static GraphProto.Builder loop() {
        GraphProto.Builder turn = body(
                        node("MatMul", "sum w", "product"), node("Softmax", "product", "next"), identity("go", "more"))
                .addInput(value("turn", DType.INT64.code()))
                .addInput(value("go", DType.BOOL.code()))
                .addInput(unshaped("sum", DType.FLOAT32))
                .addOutput(value("more", DType.BOOL.code()))
                .addOutput(unshaped("next", DType.FLOAT32));
        return graph(node("Loop", "trips _ x", "last", attribute("body", turn)), node("Add", "last b", "y"))
                .addInitializer(tensor("trips", DType.INT64).addInt64Data(3));
    }

    /** From {@code x} to {@code y}, with a square weight {@code w} and a row {@code b}. */
    private static GraphProto.Builder graph(NodeProto.Builder... nodes) {
        TensorProto.Builder w = tensor("w", DType.FLOAT32, WIDTH, WIDTH);
        TensorProto.Builder b = tensor("b", DType.FLOAT32, WIDTH);
        for (int i = 0; i < WIDTH * WIDTH; i++) {
            w.addFloatData(i % 4 - 1);
        }
        for (int i = 0; i < WIDTH; i++) {
            b.addFloatData(i);
        }
        return body(nodes)
                .addInitializer(w)
                .addInitializer(b)
                .addInput(unshaped("x", DType.FLOAT32))
                .addOutput(unshaped("y", DType.FLOAT32));
    }

    private static HostileCase loading(String what, GraphProto.Builder graph) {
        return passes(
                what + ": loading and the first run",
                () -> untilNoneFails(n -> survives(n, () -> {
                    try (Model model = load(graph)) {
                        run(model, 3);
                    }
                })));
    }

    /** A run like {@code before} others, or of another shape; whatever became of it, the next one is right. */
    private static HostileCase running(String what, String moment, GraphProto.Builder graph, int before, int rows) {
        return passes(what + ": " + moment, () -> {
            Map<String, List<Double>> expected;
            try (Model model = load(graph)) {
                expected = run(model, rows);
            }
            untilNoneFails(n -> {
                try (Model model = load(graph)) {
                    for (int i = 0; i < before; i++) {
                        run(model, 3);
                    }
                    boolean survived = survives(n, () -> run(model, rows));
                    require(run(model, rows).equals(expected), "another result after failure " + n);
                    return survived;
                }
            });
        });
    }

    private static HostileCase tensors() {
        return passes(
                "tensors",
                () -> untilNoneFails(n -> survives(n, () -> {
                    try (TensorScope scope = TensorScope.open()) {
                        Tensor x = Tensor.randn(DType.FLOAT32, 1, WIDTH, WIDTH);
                        x.add(x).matmul(x).softmax(1).toFloatArray();
                    }
                })));
    }

    /** Tries with each allocation failing in turn, as long as {@code survives} says that one failed. */
    private static void untilNoneFails(IntPredicate survives) {
        if (!Faults.possible()) {
            return; // the memory is Java's
        }
        long live = Devices.best().liveBytes();
        boolean survived = false;
        int n = 0;
        while (!survived) {
            survived = survives.test(++n);
            long left = Devices.best().liveBytes() - live;
            require(left == 0, left + " bytes are left after failure " + n);
        }
        require(n > 1, "nothing was allocated");
    }

    /** Whether the work is done before the {@code n}-th allocation, which fails. */
    private static boolean survives(int n, Runnable work) {
        Faults.arm(n);
        try {
            work.run();
        } catch (OutOfMemoryException e) {
            String start = "cpu: no memory for " + e.requested() + " bytes; ";
            require(e.requested() >= 0 && e.getMessage().startsWith(start), e.getMessage());
            require(e.getMessage().endsWith(" are in use"), e.getMessage());
            return false;
        }
        require(Faults.disarm(n), "allocation " + n + " failed, and nobody was told");
        return true;
    }

    private static Model load(GraphProto.Builder graph) {
        return Model.builder(bytes(graph)).threads(1).load();
    }

    private static Map<String, List<Double>> run(Model model, int rows) {
        float[] x = new float[rows * WIDTH];
        for (int i = 0; i < x.length; i++) {
            x[i] = i % 3;
        }
        Map<String, List<Double>> results = new HashMap<>();
        try (Outputs outputs = model.run(Map.of("x", HostTensor.of(Shape.of(rows, WIDTH), x)))) {
            for (String name : outputs.names()) {
                double[] values = ((HostTensor) outputs.value(name)).toDoubles();
                results.put(name, Arrays.stream(values).boxed().toList());
            }
        }
        return results;
    }
}

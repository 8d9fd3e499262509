package io.sardonyx;

import static io.sardonyx.HostileCase.bytes;
import static io.sardonyx.HostileCase.passes;
import static io.sardonyx.HostileCase.require;
import static io.sardonyx.HostileCase.stopped;
import static io.sardonyx.onnx.read.Onnx.body;
import static io.sardonyx.onnx.read.Onnx.node;
import static io.sardonyx.onnx.read.Onnx.unshaped;
import static io.sardonyx.onnx.read.Onnx.value;

import io.sardonyx.onnx.Limits;
import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.OpExecutionException;
import io.sardonyx.onnx.Outputs;
import io.sardonyx.onnx.RunOptions;
import io.sardonyx.onnx.proto.GraphProto;
import io.sardonyx.onnx.proto.NodeProto;
import io.sardonyx.onnx.proto.TensorShapeProto;
import io.sardonyx.onnx.proto.TypeProto;
import io.sardonyx.onnx.proto.ValueInfoProto;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Models that load, and inputs or data that must end their runs: rows 10 to 12 of the reliability contract. */
final class HostileRuns {
    static final Limits LIMITS = Limits.DEFAULT.memory(1 << 30);
    private static final HostTensor FLOATS = HostTensor.of(Shape.of(4), 1f, 2f, 3f, 4f);

    private HostileRuns() {}

    static List<HostileCase> cases() {
        return Stream.of(inputs(), data(), division()).flatMap(s -> s).toList();
    }

    private static Stream<HostileCase> inputs() {
        GraphProto.Builder graph = body(node("Add", "a b", "y"))
                .addInput(symbolic("a", "n"))
                .addInput(symbolic("b", "n"))
                .addOutput(unshaped("y", DType.FLOAT32));
        HostTensor three = HostTensor.of(Shape.of(3), 1f, 2f, 3f);
        HostTensor square = HostTensor.of(Shape.of(2, 2), 1f, 2f, 3f, 4f);
        return Stream.of(
                given("missing input", graph, Map.of("a", FLOATS), "'b' is missing: expected float32[n]"),
                given("input too many", graph, Map.of("a", FLOATS, "b", FLOATS, "c", FLOATS), "'c' is unknown"),
                given("input of another dtype", graph, Map.of("a", FLOATS, "b", longs(1)), "'b'", "given int64[1]"),
                given("input of another rank", graph, Map.of("a", FLOATS, "b", square), "'b'", "given float32[2, 2]"),
                given("a symbol with two sizes", graph, Map.of("a", FLOATS, "b", three), "'b'", "n is 4 already"));
    }

    private static HostileCase given(
            String name, GraphProto.Builder graph, Map<String, HostTensor> inputs, String... parts) {
        return stopped(name, IllegalArgumentException.class, graph, LIMITS, RunOptions.DEFAULT, inputs, parts);
    }

    private static ValueInfoProto symbolic(String name, String symbol) {
        var shape = TensorShapeProto.newBuilder()
                .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam(symbol));
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(
                                TypeProto.Tensor.newBuilder().setElemType(1).setShape(shape)))
                .build();
    }

    /** Data that an operator must refuse, while they are the run's and nothing could be seen before. */
    private static Stream<HostileCase> data() {
        return Stream.of(
                refuses("Gather index outside", node("Gather", "a b", "y"), "7", FLOATS, longs(7)),
                refuses("Gather index below", node("Gather", "a b", "y"), "-5", FLOATS, longs(-5)),
                refuses("Gather index, the smallest", node("Gather", "a b", "y"), "", FLOATS, longs(Long.MIN_VALUE)),
                refuses("GatherElements index outside", node("GatherElements", "a b", "y"), "4", FLOATS, longs(4)),
                refuses("ScatterND index outside", node("ScatterND", "a b c", "y"), "9", FLOATS, pair(9), ones(1)),
                refuses("Reshape to -1 twice", node("Reshape", "a b", "y"), "-1", FLOATS, longs(-1, -1)),
                refuses("Reshape to another size", node("Reshape", "a b", "y"), "", FLOATS, longs(3)),
                refuses(
                        "Slice with step 0",
                        node("Slice", "a b c d e", "y"),
                        "step",
                        FLOATS,
                        longs(0),
                        longs(4),
                        longs(0),
                        longs(0)),
                refuses("TopK of more than there is", node("TopK", "a b", "y _"), "5", FLOATS, longs(5)),
                refuses("Split into wrong sums", node("Split", "a b", "y z"), "", FLOATS, longs(3, 3)),
                refuses(
                        "Resize by NaN",
                        node("Resize", "a _ b", "y"),
                        "",
                        FLOATS,
                        HostTensor.of(Shape.of(1), Float.NaN)),
                refuses("Resize by 0", node("Resize", "a _ b", "y"), "", FLOATS, HostTensor.of(Shape.of(1), 0f)),
                refuses(
                        "OneHot of a negative depth",
                        node("OneHot", "a b c", "y"),
                        "-3",
                        longs(0),
                        longs(-3),
                        HostTensor.of(Shape.of(2), 0f, 1f)),
                refuses("Tile a negative number of times", node("Tile", "a b", "y"), "-1", FLOATS, longs(-1)),
                refuses("Range with step 0", node("Range", "a b c", "y"), "", scalar(0), scalar(9), scalar(0)),
                refuses("matrices that do not fit", node("MatMul", "a b", "y"), "MatMul", FLOATS, ones(3)));
    }

    private static HostileCase refuses(String name, NodeProto.Builder node, String part, HostTensor... inputs) {
        Map<String, HostTensor> given = new LinkedHashMap<>();
        return stopped(
                name,
                OpExecutionException.class,
                oneNode(node, given, inputs),
                LIMITS,
                RunOptions.DEFAULT,
                given,
                node.getOpType(),
                part);
    }

    /** A graph of one node, whose inputs a, b, c … are the run's. */
    static GraphProto.Builder oneNode(NodeProto.Builder node, Map<String, HostTensor> given, HostTensor... inputs) {
        GraphProto.Builder graph = body(node).addOutput(unshaped("y", inputs[0].dtype()));
        for (int i = 0; i < inputs.length; i++) {
            String name = Character.toString('a' + i);
            graph.addInput(unshaped(name, inputs[i].dtype()));
            given.put(name, inputs[i]);
        }
        return graph;
    }

    private static Stream<HostileCase> division() {
        return Stream.of(DType.INT8, DType.INT16, DType.INT32, DType.INT64).flatMap(dtype -> {
            HostTensor smallest = HostTensor.of(dtype, Shape.of(1), -Math.scalb(1.0, dtype.bits() - 1));
            HostTensor minusOne = HostTensor.of(dtype, Shape.of(1), -1);
            HostTensor zero = HostTensor.of(dtype, Shape.of(1), 0);
            return Stream.of(
                    passes(
                            "the smallest " + dtype + " / -1",
                            () -> require(
                                    run(node("Div", "a b", "y"), smallest, minusOne)
                                                    .getLong(0)
                                            == smallest.getLong(0),
                                    "expected it to wrap")),
                    passes(
                            "the smallest " + dtype + " % -1",
                            () -> require(
                                    run(node("Mod", "a b", "y"), smallest, minusOne)
                                                    .getLong(0)
                                            == 0,
                                    "expected 0")),
                    refuses(dtype + " / 0", node("Div", "a b", "y"), "zero", smallest, zero),
                    refuses(dtype + " % 0", node("Mod", "a b", "y"), "zero", smallest, zero));
        });
    }

    private static HostTensor run(NodeProto.Builder node, HostTensor... inputs) {
        Map<String, HostTensor> given = new LinkedHashMap<>();
        try (Model model = Model.builder(bytes(oneNode(node, given, inputs))).load();
                Outputs outputs = model.run(given)) {
            return outputs.get(0).toHost();
        }
    }

    static HostTensor longs(long... values) {
        return HostTensor.of(Shape.of(values.length), values);
    }

    private static HostTensor pair(long index) {
        return HostTensor.of(Shape.of(1, 1), index);
    }

    private static HostTensor ones(int size) {
        float[] values = new float[size];
        Arrays.fill(values, 1);
        return HostTensor.of(Shape.of(size), values);
    }

    static HostTensor scalar(float value) {
        return HostTensor.of(Shape.SCALAR, value);
    }
}

package io.sardonyx.onnx.read;

import static io.sardonyx.onnx.read.Onnx.attribute;
import static io.sardonyx.onnx.read.Onnx.body;
import static io.sardonyx.onnx.read.Onnx.graph;
import static io.sardonyx.onnx.read.Onnx.identity;
import static io.sardonyx.onnx.read.Onnx.model;
import static io.sardonyx.onnx.read.Onnx.node;
import static io.sardonyx.onnx.read.Onnx.value;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.sardonyx.device.ReferenceDevice;
import io.sardonyx.onnx.Limits;
import io.sardonyx.onnx.ModelLimitException;
import io.sardonyx.onnx.Precision;
import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.proto.ModelProto;
import io.sardonyx.onnx.proto.StringStringEntryProto;
import io.sardonyx.onnx.proto.TensorProto;
import io.sardonyx.onnx.rewrite.Rewrites;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models without their weights: what is taken, what stays, and what comes back. */
class ModelStripperTest {
    private static final int MANY = 50_000;

    /** {@code f} of normal values. */
    private static TensorProto.Builder weight(String name, DType dtype, DoubleUnaryOperator f, long... dims) {
        HostTensor tensor = HostTensor.allocate(TensorType.of(dtype, dims));
        Random random = new Random(7);
        for (int i = 0; i < tensor.size(); i++) {
            double v = f.applyAsDouble(random.nextGaussian());
            if (dtype.isFloat()) {
                tensor.set(i, v);
            } else {
                tensor.set(i, Math.round(v));
            }
        }
        return Onnx.tensor(name, dtype, dims).setRawData(ByteString.copyFrom(tensor.data()));
    }

    private static ModelProto.Builder holding(TensorProto.Builder... weights) {
        var graph = graph(identity("x", "y"));
        for (TensorProto.Builder weight : weights) {
            graph.addInitializer(weight);
        }
        return model(graph);
    }

    private static ModelProto.Builder strip(ModelProto.Builder model) {
        return parse(ModelStripper.strip(ModelSource.of(model.build().toByteArray()), ReadOptions.DEFAULT));
    }

    private static ModelProto.Builder parse(ModelStripper.Result result) {
        try {
            return ModelProto.parseFrom(result.model()).toBuilder();
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private static HostTensor restored(TensorProto.Builder weight) {
        ModelProto.Builder stripped = strip(holding(weight));
        assertTrue(stripped.build().getSerializedSize() < 1000, "it did not become light");
        HostTensor tensor = Onnx.read(stripped).graph().initializers().get(weight.getName());
        assertEquals(weight.getDataType(), tensor.dtype().code());
        assertEquals(
                weight.getDimsList(),
                Arrays.stream(tensor.shape().toArray()).boxed().toList());
        return tensor;
    }

    private static void assertLike(TensorProto.Builder weight) {
        HostTensor original =
                Onnx.read(holding(weight.clone())).graph().initializers().get(weight.getName());
        double[] was = original.toDoubles();
        double[] is = restored(weight).toDoubles();
        double deviation = deviation(was);
        assertEquals(mean(was), mean(is), 0.05 * deviation);
        assertEquals(deviation, deviation(is), 0.05 * deviation);
        assertFalse(Arrays.equals(was, is));
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    private static double deviation(double[] values) {
        double mean = mean(values);
        return Math.sqrt(Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum() / values.length);
    }

    @Test
    void aWeightComesBackWithItsTypeShapeMeanAndDeviation() {
        for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64, DType.FLOAT16, DType.BFLOAT16}) {
            assertLike(weight("w", dtype, v -> 0.25 + 0.02 * v, 100, 500));
        }
        assertLike(weight("w", DType.INT8, v -> 20 * v / (1 + Math.abs(v) / 8), MANY));
        assertLike(weight("w", DType.UINT8, v -> Math.min(255, Math.max(0, 128 + 20 * v)), MANY));
    }

    @Test
    void twoWeightsDifferAndAnotherReadingGivesTheSameBits() {
        ModelProto.Builder stripped =
                strip(holding(weight("a", DType.FLOAT32, v -> v, MANY), weight("b", DType.FLOAT32, v -> v, MANY)));
        Graph first = Onnx.read(stripped).graph();
        Graph second = Onnx.read(stripped).graph();
        assertEquals(
                first.initializers().get("a").data(),
                second.initializers().get("a").data());
        assertFalse(first.initializers()
                .get("a")
                .data()
                .equals(first.initializers().get("b").data()));
    }

    @Test
    void variancesStayPositive() {
        HostTensor variances = restored(weight("w", DType.FLOAT32, v -> 1e-3 + v * v, MANY));
        assertTrue(Arrays.stream(variances.toDoubles()).allMatch(v -> v >= 1e-3f));
    }

    @Test
    void whatIsSmallOrAnIndexOrNotFiniteStays() {
        TensorProto.Builder small = weight("small", DType.FLOAT32, v -> v, 16);
        TensorProto.Builder index = weight("index", DType.INT64, v -> Math.abs(v), MANY);
        TensorProto.Builder mask = weight("mask", DType.FLOAT32, v -> v > 2 ? Double.NEGATIVE_INFINITY : 0, MANY);
        ModelProto.Builder model = holding(small, index, mask);
        ModelProto.Builder stripped = strip(model);
        assertEquals(model.getGraph(), stripped.getGraph());
    }

    @Test
    void aWeightThatOldModelsListAsAnInputIsNoneAnyMore() {
        ModelProto.Builder model =
                holding(weight("w", DType.FLOAT32, v -> v, MANY)).setIrVersion(3);
        model.getGraphBuilder().addInput(value("w"));
        assertEquals(1, strip(model).getGraph().getInputCount());
    }

    @Test
    void constantsAndGraphsInNodesAreStripped() {
        var w = weight("", DType.FLOAT32, v -> v, MANY);
        var then = body(identity("v", "t"))
                .addOutput(value("t"))
                .addInitializer(w.clone().setName("v"));
        var otherwise = body(node("Constant", "", "e", attribute("value", w))).addOutput(value("e"));
        var model = model(graph(
                identity("x", "y"),
                node("If", "c", "z", attribute("then_branch", then), attribute("else_branch", otherwise))));
        model.getGraphBuilder().addInput(value("c", DType.BOOL.code()));
        ModelProto.Builder stripped = strip(model);
        assertTrue(stripped.build().getSerializedSize() < 2000);
        Graph graph = Onnx.read(stripped).graph();
        assertEquals(
                2,
                graph.nodes().stream()
                        .flatMap(node -> node.bodies().stream())
                        .filter(b -> b.graph().initializers().values().stream().anyMatch(t -> t.size() == MANY))
                        .count());
    }

    @Test
    void dataOfOtherFilesMoveIn(@TempDir Path folder) throws IOException {
        TensorProto.Builder index = weight("index", DType.INT64, v -> Math.abs(v), MANY);
        byte[] data = index.getRawData().toByteArray();
        Files.write(folder.resolve("data"), data);
        index.clearRawData()
                .setDataLocation(1)
                .addExternalData(
                        StringStringEntryProto.newBuilder().setKey("location").setValue("data"));
        Path file = folder.resolve("model.onnx");
        Files.write(file, holding(index).build().toByteArray());
        ModelProto.Builder stripped = parse(ModelStripper.strip(ModelSource.of(file), ReadOptions.DEFAULT));
        assertArrayEquals(
                data, stripped.getGraph().getInitializer(0).getRawData().toByteArray());
    }

    @Test
    void weightsCountAgainstTheMemoryLimit() {
        ModelProto.Builder stripped = strip(holding(weight("w", DType.FLOAT32, v -> v, MANY)));
        Onnx.read(stripped, Limits.DEFAULT.memory(4 * MANY));
        ModelLimitException e =
                assertThrows(ModelLimitException.class, () -> Onnx.read(stripped, Limits.DEFAULT.memory(4 * MANY - 1)));
        assertTrue(e.getMessage().contains("tensor 'w'"), e.getMessage());
    }

    @Test
    void withoutTheMarkRandomNodesStayNodes() {
        ModelProto.Builder stripped = strip(holding(weight("w", DType.FLOAT32, v -> v, MANY)));
        stripped.getGraphBuilder().setNode(1, identity("w", "y"));
        Graph marked = Onnx.read(stripped).graph();
        Graph plain = Onnx.read(stripped.clearMetadataProps()).graph();
        assertEquals(0, optimized(marked).nodes().size());
        assertEquals("RandomNormal", optimized(plain).nodes().get(0).opType());
    }

    private static Graph optimized(Graph graph) {
        Rewrites.apply(graph, ReferenceDevice.INSTANCE, Precision.FLOAT32, Limits.DEFAULT);
        return graph;
    }
}

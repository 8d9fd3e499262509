package io.sardonyx;

import static io.sardonyx.onnx.read.Onnx.attribute;
import static io.sardonyx.onnx.read.Onnx.body;
import static io.sardonyx.onnx.read.Onnx.identity;
import static io.sardonyx.onnx.read.Onnx.node;
import static io.sardonyx.onnx.read.Onnx.unshaped;
import static io.sardonyx.onnx.read.Onnx.value;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sardonyx.device.Device;
import io.sardonyx.device.Devices;
import io.sardonyx.device.ReferenceDevice;
import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.ModelBuilder;
import io.sardonyx.onnx.Outputs;
import io.sardonyx.onnx.RunOptions;
import io.sardonyx.onnx.UnsupportedModelException;
import io.sardonyx.onnx.check.CaseFolder;
import io.sardonyx.onnx.check.CaseResult;
import io.sardonyx.onnx.check.CaseResult.Status;
import io.sardonyx.onnx.plan.Placement;
import io.sardonyx.onnx.proto.GraphProto;
import io.sardonyx.onnx.read.Onnx;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.Tensor;
import io.sardonyx.tensor.TensorScope;
import io.sardonyx.tensor.TensorType;
import io.sardonyx.testkit.FarDevice;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Models on a device whose memory Java cannot reach: what comes in, what goes out, and what must run there. */
class FarModelsTest {
    private static final Device FAR = new FarDevice("far:0", Devices.best());
    private static final Device OTHER = new FarDevice("far:1", Devices.best());
    /** Small ones: convolutions, If and LSTM, a cache of keys and values, integers, half precision. */
    private static final Set<String> SMALL =
            Set.of("mnist-8", "silero-vad-v5", "gpt2-tiny-past", "minilm-l6-int8", "squeezenet-fp16", "dtln-1");

    private static final HostTensor PAIR = HostTensor.of(Shape.of(2), 1f, -2f);

    private static ModelBuilder builder(GraphProto.Builder graph) {
        return Model.builder(Onnx.model(graph).build().toByteArray());
    }

    /** {@code y = relu(x) + x} */
    private static ModelBuilder sum() {
        return builder(Onnx.graph(node("Relu", "x", "r"), node("Add", "r x", "y")));
    }

    /** As {@link #sum}, for tensors of any shape, with an operator that has no kernel anywhere. */
    private static GraphProto.Builder unshapedSumOfDet() {
        return body(node("Det", "x", "d").setName("first"), node("Add", "d d", "y"))
                .addInput(unshaped("x", DType.FLOAT32))
                .addOutput(unshaped("y", DType.FLOAT32));
    }

    @TestFactory
    Stream<DynamicTest> realModels() {
        Optional<Path> models = TestMaterial.find("models");
        assumeTrue(models.isPresent(), "skipped: there are no models at -Dsardonyx.testdata");
        return CaseFolder.below(models.get()).stream()
                .filter(c -> SMALL.contains(c.name()))
                .map(c -> DynamicTest.dynamicTest(c.name(), () -> {
                    for (CaseResult result : c.run(builder -> builder.device(FAR), Optional.empty())) {
                        assertEquals(Status.PASS, result.status(), result.toString());
                    }
                }));
    }

    @Test
    void inputsComeFromTheDeviceAndFromTheHost() {
        try (TensorScope scope = TensorScope.open();
                Model model = sum().device(FAR).load()) {
            Tensor wide = Tensor.of(HostTensor.of(Shape.of(3), -2f, 1f, 7f), FAR);
            for (Object x : List.of(
                    PAIR,
                    Tensor.of(PAIR, FAR),
                    wide.get("1::-1"),
                    Tensor.of(PAIR),
                    Tensor.of(PAIR, ReferenceDevice.INSTANCE))) {
                try (Outputs outputs = model.run(Map.of("x", x))) {
                    assertSame(FAR, outputs.only().device());
                    assertArrayEquals(new float[] {2, -2}, outputs.only().toFloatArray());
                }
            }
        }
    }

    @Test
    void tensorsOfAnotherDeviceAreRefused() {
        try (Tensor x = Tensor.of(PAIR, OTHER);
                Model there = sum().device(FAR).load();
                Model here = sum().load()) {
            for (Model model : List.of(there, here)) {
                String message = assertThrows(IllegalArgumentException.class, () -> model.run(Map.of("x", x)))
                        .getMessage();
                assertTrue(
                        message.contains("far:1")
                                && message.contains(model.device().device().name()),
                        message);
            }
        }
    }

    @Test
    void outputsGoIntoTensorsOfTheCaller() {
        try (Model model = sum().device(FAR).load();
                Tensor y = Tensor.of(HostTensor.of(Shape.of(2), 0f, 0f), FAR);
                Tensor here = Tensor.of(PAIR)) {
            model.run(Map.of("x", PAIR), RunOptions.DEFAULT.into("y", y)).close();
            assertArrayEquals(new float[] {2, -2}, y.toFloatArray());
            String message = assertThrows(
                            IllegalArgumentException.class,
                            () -> model.run(Map.of("x", PAIR), RunOptions.DEFAULT.into("y", here)))
                    .getMessage();
            assertTrue(
                    message.contains(
                            "on far:0, given float32[2] on " + Devices.best().name()),
                    message);
        }
    }

    /** An input, a constant, a result without a kernel and one that is known only on the heap, each of them an output. */
    @Test
    void allKindsOfOutputsComeBack() {
        GraphProto.Builder graph = body(
                        identity("x", "a"), identity("w", "b"), node("NonZero", "x", "c"), node("Det", "m", "d"))
                .addInput(value("x"))
                .addInput(value("m", DType.FLOAT32.code(), 2, 2))
                .addInitializer(
                        Onnx.tensor("w", DType.FLOAT32, 2).addFloatData(5).addFloatData(6))
                .addOutput(value("a"))
                .addOutput(value("b"))
                .addOutput(unshaped("c", DType.INT64))
                .addOutput(unshaped("d", DType.FLOAT32));
        HostTensor matrix = HostTensor.of(Shape.of(2, 2), 1f, 2f, 3f, 4f);
        try (Model model = builder(graph).device(FAR).load();
                Outputs outputs = model.run(Map.of("x", PAIR, "m", matrix))) {
            assertArrayEquals(new float[] {1, -2}, outputs.get("a").toFloatArray());
            assertArrayEquals(new float[] {5, 6}, outputs.get("b").toFloatArray());
            assertArrayEquals(new long[] {0, 1}, outputs.get("c").toLongArray());
            assertEquals(-2, outputs.get("d").item(), 1e-6);
            assertSame(FAR, outputs.get("d").device());
        }
    }

    @Test
    void placementNamesTheDevice() {
        assumeTrue(FAR.has("relu.f32"), "skipped: there are no kernels here");
        try (Model model = sum().device(FAR).optimize(false).load()) {
            List<String> where = model.placement(List.of(TensorType.of(DType.FLOAT32, 2))).stream()
                    .map(Placement::where)
                    .toList();
            assertEquals(List.of("far:0", "far:0"), where);
        }
    }

    @Test
    void aRequiredDeviceIsRequiredWhenTheModelIsLoaded() {
        assumeTrue(FAR.has("relu.f32"), "skipped: there are no kernels here");
        sum().require(FAR).load().close();
        GraphProto.Builder graph = body(
                        node("Det", "x", "d").setName("first"),
                        node("Relu", "x", "r"),
                        node("Det", "r", "e").setName("second"))
                .addInput(value("x", DType.FLOAT32.code(), 2, 2))
                .addOutput(unshaped("d", DType.FLOAT32))
                .addOutput(unshaped("e", DType.FLOAT32));
        UnsupportedModelException e = assertThrows(
                UnsupportedModelException.class,
                () -> builder(graph).require(FAR).load());
        assertEquals(List.of("Det 'first' has no kernel on far:0", "Det 'second' has no kernel on far:0"), e.items());
    }

    @Test
    void aRequiredDeviceIsRequiredWhenSizesAreKnown() {
        HostTensor matrix = HostTensor.of(Shape.of(2, 2), 1f, 2f, 3f, 4f);
        long live = FAR.liveBytes();
        try (Model model = builder(unshapedSumOfDet()).require(FAR).load()) {
            for (int i = 0; i < 2; i++) {
                UnsupportedModelException e =
                        assertThrows(UnsupportedModelException.class, () -> model.run(Map.of("x", matrix)));
                assertTrue(e.items().contains("Det 'first' has no kernel on far:0"), e.getMessage());
            }
        }
        assertTrue(FAR.liveBytes() <= live, FAR.liveBytes() + " bytes, before " + live);
        try (Model model = builder(unshapedSumOfDet()).device(FAR).load();
                Outputs outputs = model.run(Map.of("x", matrix))) {
            assertEquals(-4, outputs.only().item(), 1e-6);
        }
    }

    /** The host takes the branch; what a branch computes is held to the requirement when it is taken. */
    @Test
    void controlFlowMayStandAroundARequiredDevice() {
        assumeTrue(FAR.has("relu.f32"), "skipped: there are no kernels here");
        GraphProto.Builder far = body(node("Relu", "x", "t")).addOutput(unshaped("t", DType.FLOAT32));
        GraphProto.Builder nowhere =
                body(node("Det", "x", "e").setName("first")).addOutput(unshaped("e", DType.FLOAT32));
        GraphProto.Builder graph = body(node(
                        "If", "go", "y", attribute("then_branch", far), attribute("else_branch", nowhere)))
                .addInput(value("go", DType.BOOL.code()))
                .addInput(value("x", DType.FLOAT32.code(), 2, 2))
                .addOutput(unshaped("y", DType.FLOAT32));
        HostTensor matrix = HostTensor.of(Shape.of(2, 2), 1f, -2f, 3f, 4f);
        HostTensor yes = HostTensor.of(DType.BOOL, Shape.of(), 1);
        HostTensor no = HostTensor.of(DType.BOOL, Shape.of(), 0);
        try (Model model = builder(graph).require(FAR).load()) {
            assertEquals(
                    List.of("host"),
                    model.placement(List.of(yes.type(), matrix.type())).stream()
                            .map(Placement::where)
                            .toList());
            try (Outputs outputs = model.run(Map.of("go", yes, "x", matrix))) {
                assertArrayEquals(new float[] {1, 0, 3, 4}, outputs.only().toFloatArray());
            }
            UnsupportedModelException e =
                    assertThrows(UnsupportedModelException.class, () -> model.run(Map.of("go", no, "x", matrix)));
            assertEquals(List.of("Det 'first' has no kernel on far:0"), e.items());
        }
    }

    /** The reference is a device as others: it runs what it is required to. */
    @Test
    void theReferenceCanBeRequired() {
        HostTensor matrix = HostTensor.of(Shape.of(2, 2), 1f, 2f, 3f, 4f);
        try (Model model = builder(unshapedSumOfDet())
                        .require(ReferenceDevice.INSTANCE)
                        .load();
                Outputs outputs = model.run(Map.of("x", matrix))) {
            assertEquals(-4, outputs.only().item(), 1e-6);
        }
    }
}

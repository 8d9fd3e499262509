package io.sardonyx;

import static io.sardonyx.onnx.read.Onnx.body;
import static io.sardonyx.onnx.read.Onnx.model;
import static io.sardonyx.onnx.read.Onnx.node;
import static io.sardonyx.onnx.read.Onnx.unshaped;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.sardonyx.device.Device;
import io.sardonyx.device.Devices;
import io.sardonyx.device.ReferenceDevice;
import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.Outputs;
import io.sardonyx.onnx.proto.GraphProto;
import io.sardonyx.onnx.proto.TensorProto;
import io.sardonyx.onnx.read.Onnx;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.FarDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A model from a file holds each large weight once, in the form that its kernels want, and gives what one from memory gives. */
class WeightLoadingTest {
    private static final int DEPTH = 130;
    private static final int WIDTH = 150;
    private static final int SIDE = 1000;
    private static final long WEIGHT = 4L * SIDE * SIDE;

    @TempDir
    Path folder;

    static List<Device> devices() {
        return List.of(Devices.best(), new FarDevice("far:0", Devices.best()), ReferenceDevice.INSTANCE);
    }

    private static TensorProto.Builder weight(String name, long... dims) {
        HostTensor values = Data.normal(name.hashCode(), dims);
        return Onnx.tensor(name, DType.FLOAT32, dims).setRawData(ByteString.copyFrom(values.data()));
    }

    /** One weight for a product as it is, one transposed; one for two uses that want other forms; one that is a result. */
    private static GraphProto.Builder products() {
        GraphProto.Builder graph = body(
                        node("MatMul", "x a", "xa"),
                        node("Gemm", "x b", "xb").addAttribute(Onnx.attribute("transB", 1)),
                        node("MatMul", "x c", "xc"),
                        node("Mul", "c c", "cc"),
                        node("Identity", "d", "dd"),
                        node("MatMul", "x e", "xe"),
                        node("Det", "f", "det"),
                        node("If", "yes", "if")
                                .addAttribute(Onnx.attribute("then_branch", branch("g")))
                                .addAttribute(Onnx.attribute("else_branch", branch("a"))))
                .addInitializer(weight("a", DEPTH, WIDTH))
                .addInitializer(weight("b", WIDTH, DEPTH))
                .addInitializer(weight("c", DEPTH, WIDTH))
                .addInitializer(weight("d", DEPTH, WIDTH))
                .addInitializer(weight("e", 2, DEPTH, WIDTH))
                .addInitializer(weight("f", 20000, 1, 1))
                .addInitializer(weight("g", DEPTH, WIDTH))
                .addInput(unshaped("yes", DType.BOOL))
                .addInput(unshaped("x", DType.FLOAT32));
        for (String output : List.of("xa", "xb", "xc", "cc", "dd", "xe", "det", "if", "b")) {
            graph.addOutput(unshaped(output, DType.FLOAT32));
        }
        return graph;
    }

    /** A product with a weight of the graph around. */
    private static GraphProto.Builder branch(String weight) {
        return body(node("MatMul", "x " + weight, weight + "_in_branch"))
                .addOutput(unshaped(weight + "_in_branch", DType.FLOAT32));
    }

    private static List<HostTensor> run(Model model) {
        List<HostTensor> results = new ArrayList<>();
        for (int rows : new int[] {1, 3, 40}) {
            try (Outputs outputs = model.run(Map.of(
                    "x", Data.normal(rows, rows, DEPTH), "yes", HostTensor.of(DType.BOOL, Shape.SCALAR, rows % 2)))) {
                outputs.names()
                        .forEach(name -> results.add(outputs.get(name).toHost().copy()));
            }
        }
        return results;
    }

    private static void assertSame(List<HostTensor> expected, List<HostTensor> actual) {
        assertEquals(expected.size(), actual.size());
        for (int i = 0; i < expected.size(); i++) {
            assertEquals(expected.get(i).type(), actual.get(i).type());
            assertEquals(expected.get(i).data(), actual.get(i).data(), "result " + i);
        }
    }

    @ParameterizedTest
    @MethodSource("devices")
    void theFileIsNotNeededOnceTheModelIsLoaded(Device device) throws IOException {
        byte[] bytes = model(products()).build().toByteArray();
        Path file = Files.write(folder.resolve("m.onnx"), bytes);
        try (Model fromMemory = Model.builder(bytes).device(device).load();
                Model fromFile = Model.builder(file).device(device).load()) {
            Files.write(file, new byte[bytes.length]);
            assertSame(run(fromMemory), run(fromFile));
            Files.delete(file);
            assertSame(run(fromMemory), run(fromFile));
        }
    }

    @Test
    void eachWeightIsHeldOnce() throws IOException {
        GraphProto.Builder graph = body(node("MatMul", "x a", "xa"), node("Gather", "t i", "y"))
                .addInitializer(weight("a", SIDE, SIDE))
                .addInitializer(weight("t", SIDE, SIDE))
                .addInput(unshaped("x", DType.FLOAT32))
                .addInput(unshaped("i", DType.INT64))
                .addOutput(unshaped("xa", DType.FLOAT32))
                .addOutput(unshaped("y", DType.FLOAT32));
        Path file = Files.write(folder.resolve("m.onnx"), model(graph).build().toByteArray());
        Device device = Devices.best();
        long before = device.liveBytes();
        try (Model model = Model.builder(file).device(device).load()) {
            long loaded = device.liveBytes() - before;
            assertTrue(loaded >= 2 * WEIGHT && loaded < 2.3 * WEIGHT, loaded + " bytes for two of " + WEIGHT);
            model.run(Map.of("x", Data.normal(1, 1, SIDE), "i", HostTensor.of(Shape.of(1), 7L)))
                    .close();
            long run = device.liveBytes() - before;
            assertTrue(run < loaded + WEIGHT / 4, run + " bytes after a run, " + loaded + " before");
        }
        assertEquals(before, device.liveBytes());
    }
}

package io.sardonyx;

import static io.sardonyx.onnx.read.Onnx.attribute;
import static io.sardonyx.onnx.read.Onnx.body;
import static io.sardonyx.onnx.read.Onnx.ints;
import static io.sardonyx.onnx.read.Onnx.node;
import static io.sardonyx.onnx.read.Onnx.tensor;

import io.sardonyx.device.Device;
import io.sardonyx.device.Devices;
import io.sardonyx.onnx.Outputs;
import io.sardonyx.onnx.proto.GraphProto;
import io.sardonyx.onnx.proto.NodeProto;
import io.sardonyx.onnx.read.Onnx;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.Tolerance;
import io.sardonyx.testkit.Verify;
import java.util.Map;

/**
 * Convolutions and products of small integers on the simulated GPU, exact whatever the tile, in three runs, of which the last two are
 * a graph's. Prints the device.
 */
final class AutotuneChild {
    private static final int OPSET = 18;
    private static final HostTensor X = Data.integers(DType.FLOAT32, 1, -2, 2, 1, 16, 6, 8);

    private AutotuneChild() {}

    public static void main(String[] args) {
        Device sim = Devices.get("sim:0");
        AgainstReference.run(graph(), OPSET, sim, X, Tolerance.EXACT, model -> {
            try (Outputs second = model.run(Map.of("x", X));
                    Outputs third = model.run(Map.of("x", X))) {
                Verify.that(third.get(0).toHost())
                        .matches(second.get(0).toHost())
                        .within(Tolerance.EXACT);
            }
        });
        System.out.println(sim.describe());
    }

    /** A convolution whose result is added to what it lies on, in float32 and in float16, and a product of its pixels. */
    private static GraphProto.Builder graph() {
        return body(
                        node("Relu", "x", "r"),
                        conv("r w", "c"),
                        node("Add", "c r", "s"),
                        node("Cast", "s", "h", attribute("to", DType.FLOAT16.code())),
                        conv("h wh", "d"),
                        node("MatMul", "d m", "e"),
                        node("Cast", "e", "y", attribute("to", DType.FLOAT32.code())))
                .addInput(Onnx.value("x", DType.FLOAT32.code(), 1, 16, 6, 8))
                .addOutput(Onnx.unshaped("y", DType.FLOAT32))
                .addInitializer(tensor("w", Data.integers(DType.FLOAT32, 2, -1, 1, 16, 16, 3, 3)))
                .addInitializer(tensor("wh", Data.integers(DType.FLOAT16, 3, -1, 1, 8, 16, 3, 3)))
                .addInitializer(tensor("m", Data.integers(DType.FLOAT16, 4, -1, 1, 8, 24)));
    }

    private static NodeProto.Builder conv(String inputs, String output) {
        return node("Conv", inputs, output, ints("pads", 1, 1, 1, 1));
    }
}

package io.sardonyx;

import io.sardonyx.device.Device;
import io.sardonyx.device.ReferenceDevice;
import io.sardonyx.onnx.DevicePolicy;
import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.Outputs;
import io.sardonyx.onnx.proto.GraphProto;
import io.sardonyx.onnx.read.Onnx;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.testkit.Tolerance;
import io.sardonyx.testkit.Verify;
import java.util.Map;
import java.util.function.Consumer;

/** A graph with one input, x, on a device and on the reference. */
final class AgainstReference {
    private AgainstReference() {}

    /** All outputs must be the reference's; then {@code more} sees the device's model. */
    static void run(
            GraphProto.Builder graph,
            int opset,
            Device device,
            HostTensor x,
            Tolerance tolerance,
            Consumer<Model> more) {
        byte[] bytes = Onnx.model(graph)
                .setOpsetImport(0, Onnx.opset("", opset))
                .build()
                .toByteArray();
        try (Model model =
                        Model.builder(bytes).device(DevicePolicy.prefer(device)).load();
                Model plain = Model.builder(bytes)
                        .device(DevicePolicy.prefer(ReferenceDevice.INSTANCE))
                        .load();
                Outputs actual = model.run(Map.of("x", x));
                Outputs expected = plain.run(Map.of("x", x))) {
            for (int i = 0; i < expected.size(); i++) {
                Verify.that(actual.get(i).toHost())
                        .matches(expected.get(i).toHost())
                        .within(tolerance);
            }
            more.accept(model);
        }
    }
}

package io.sardonyx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sardonyx.device.Device;
import io.sardonyx.device.Devices;
import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.Outputs;
import io.sardonyx.onnx.RunOptions;
import io.sardonyx.onnx.read.Onnx;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.Tensor;
import io.sardonyx.tensor.TensorScope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model on one of two GPUs that is given tensors of the other; in a JVM of its own, for this one has a single simulated GPU. */
class MixedDevicesTest {
    @Test
    void aModelRefusesTensorsOfAnotherGpu(@TempDir Path folder) throws IOException, InterruptedException {
        assumeTrue(
                Devices.all().stream().anyMatch(d -> d.name().equals("sim:0")),
                () -> "skipped: there is no simulated GPU " + Devices.problems());
        ChildJvm.Result child = new ChildJvm(folder)
                .environment("SARDONYX_SIM_DEVICES", "2")
                .run(60, ChildJvm.classPath(), MixedDevicesTest.class.getName());
        assertEquals(0, child.status(), child::toString);
    }

    public static void main(String[] args) {
        byte[] bytes = Onnx.model(Onnx.body(Onnx.node("Add", "a b", "y"))
                        .addInput(Onnx.unshaped("a", DType.FLOAT32))
                        .addInput(Onnx.unshaped("b", DType.FLOAT32))
                        .addOutput(Onnx.unshaped("y", DType.FLOAT32)))
                .build()
                .toByteArray();
        Device here = Devices.get("sim:0");
        Device there = Devices.get("sim:1");
        try (TensorScope scope = TensorScope.open();
                Model model = Model.builder(bytes).require(here).load()) {
            Tensor a = Tensor.of(new float[] {1, 2}, 2).to(here);
            Tensor b = Tensor.of(new float[] {3, 4}, 2).to(there);
            var input = assertThrows(IllegalArgumentException.class, () -> model.run(Map.of("a", a, "b", b)));
            assertEquals(
                    "input 'b': the tensor is on sim:1, the model on sim:0; bring it there with to()",
                    input.getMessage());
            Tensor moved = b.to(here);
            var output = assertThrows(
                    IllegalArgumentException.class,
                    () -> model.run(Map.of("a", a, "b", moved), RunOptions.DEFAULT.into("y", b)));
            assertTrue(output.getMessage().startsWith("output 'y': the tensor for it must be"), output::getMessage);
            for (int run = 0; run < 3; run++) {
                try (Outputs outputs = model.run(Map.of("a", a, "b", moved))) {
                    assertArrayEquals(new float[] {4, 6}, outputs.get(0).toFloatArray());
                }
            }
        }
    }
}

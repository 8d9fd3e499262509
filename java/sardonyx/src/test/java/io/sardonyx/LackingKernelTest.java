package io.sardonyx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sardonyx.device.Device;
import io.sardonyx.device.DeviceException;
import io.sardonyx.device.Devices;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.Tensor;
import io.sardonyx.tensor.TensorScope;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An eager operation whose type a GPU has no kernel for: nothing goes to the host and back unasked. */
class LackingKernelTest {
    @Test
    void gpusRefuseAndSayWhatToDo() {
        List<Device> gpus = Devices.all().stream().filter(d -> !d.onHost()).toList();
        assumeTrue(!gpus.isEmpty(), () -> "skipped: there is no GPU, not even a simulated one " + Devices.problems());
        for (Device gpu : gpus) {
            try (TensorScope scope = TensorScope.open()) {
                Tensor bytes = Tensor.full(DType.INT8, 3, 2, 4).to(gpu);
                var refused = assertThrows(DeviceException.class, () -> bytes.sum(0));
                assertEquals(DeviceException.Code.UNSUPPORTED, refused.code());
                assertEquals(
                        "ReduceSum: " + gpu.name()
                                + " has no kernel for int8[2, 4]; cast() to another type, or bring the "
                                + "operands to the host with to()",
                        refused.getMessage());
                assertEquals(6, bytes.to(Devices.best()).sum(0).get("0").item());
            }
        }
    }
}

package io.sardonyx.bench.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.device.Device;
import io.sardonyx.device.Devices;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.TensorType;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On a simulated GPU, whose times mean nothing: that all of it runs, and that nothing stays behind. */
class KernelTimerTest {
    /** With a hold, and small enough for a simulator. */
    private static final Effort COLD = new Effort(1 << 14, 1, 0, 3);

    private Device device;

    @BeforeEach
    void aSimulatedGpu() {
        Assumptions.assumeTrue(Devices.all().stream().anyMatch(d -> d.name().equals("sim:0")), "a simulated GPU");
        device = Devices.get("sim:0");
    }

    private static Workload product(DType dtype, long m, long n, long k) {
        return Workload.of(
                "product",
                Workload.operator("", dtype == DType.INT8 ? "MatMulInteger" : "MatMul", Map.of()),
                1,
                TensorType.of(dtype, m, k),
                TensorType.of(dtype, k, n));
    }

    @Test
    void aGraphOnRotatedBuffersBehindAHold() {
        long before = device.liveBytes();
        try (KernelTimer timer = new KernelTimer(device, COLD)) {
            KernelTimer.Result result =
                    timer.time(product(DType.FLOAT32, 8, 8, 8)).orElseThrow();
            assertEquals(((1 << 14) + 767) / 768, result.sets());
            assertEquals(3, result.samples().count());
            assertTrue(device.liveBytes() > before, "what holds the queue is kept for the next workload");
        }
        assertEquals(before, device.liveBytes());
    }

    @Test
    void launchesAloneWhereTheCacheWouldHoldAllSets() {
        long before = device.liveBytes();
        for (DType dtype : new DType[] {DType.FLOAT32, DType.BFLOAT16, DType.INT8}) {
            try (KernelTimer timer = new KernelTimer(device, COLD, 1 << 20)) {
                KernelTimer.Result result = timer.time(product(dtype, 8, 8, 8)).orElseThrow();
                assertEquals(1, result.sets());
                assertTrue(result.samples().median() > 0);
            }
        }
        assertEquals(before, device.liveBytes());
    }
}

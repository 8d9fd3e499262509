package io.sardonyx.bench;

import io.sardonyx.device.Device;
import io.sardonyx.device.Launch;
import io.sardonyx.device.Memory;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.TensorType;
import java.util.List;

/** The machine's rate of fused multiply-adds, measured: the roof of products and convolutions. */
final class FmaPeak {
    private static final int SUMS = 12; // of peak.fma.f32
    private static final long ITERATIONS = 2_000_000;

    private FmaPeak() {}

    /** GFLOP/s on all of the device's threads. */
    static double measure(Device device) {
        int lanes =
                device.describe().contains("avx512") ? 16 : device.describe().contains("avx2") ? 8 : 4;
        TensorType result = TensorType.of(DType.FLOAT32, 1);
        try (Memory memory = device.allocate(result.byteSize())) {
            Launch launch = Launch.ofKey("peak.fma.f32").output(0).params(ITERATIONS, device.threads());
            long start = System.nanoTime();
            device.launch(launch, List.of(), new Memory[0], List.of(result), new Memory[] {memory});
            return 2.0 * ITERATIONS * SUMS * lanes * device.threads() / (System.nanoTime() - start);
        }
    }
}

package io.sardonyx.bench;

import io.sardonyx.device.Device;
import io.sardonyx.device.Launch;
import io.sardonyx.device.Memory;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Map;

/** The machine's rate of fused multiply-adds, measured: the roof of products and convolutions. */
public final class FmaPeak {
    private static final Map<DType, String> KERNELS =
            Map.of(DType.FLOAT32, "peak.fma.f32", DType.FLOAT64, "peak.fma.f64", DType.INT8, "peak.dot.i8");
    private static final int SUMS = 12; // of these kernels
    private static final long ITERATIONS = 400_000; // about a millisecond, which a busy machine may leave alone

    private FmaPeak() {}

    /** Whether {@code device} can be measured in this type. */
    public static boolean knows(Device device, DType dtype) {
        return KERNELS.containsKey(dtype) && device.has(KERNELS.get(dtype));
    }

    /** GFLOP/s of float32 on all of the device's threads. */
    static double measure(Device device) {
        return measure(device, DType.FLOAT32);
    }

    /** GFLOP/s, or of bytes 10⁹ multiplications and additions a second, on all of the device's threads. */
    public static double measure(Device device, DType dtype) {
        TensorType result = TensorType.of(DType.FLOAT32, 1);
        try (Memory memory = device.allocate(result.byteSize())) {
            Launch launch = Launch.ofKey(KERNELS.get(dtype)).output(0).params(ITERATIONS, device.threads());
            long start = System.nanoTime();
            device.launch(launch, List.of(), new Memory[0], List.of(result), new Memory[] {memory});
            long nanoseconds = System.nanoTime() - start;
            return 2.0 * ITERATIONS * SUMS * lanes(device, dtype) * device.threads() / nanoseconds;
        }
    }

    private static int lanes(Device device, DType dtype) {
        int vector =
                device.describe().contains("avx512") ? 64 : device.describe().contains("avx2") ? 32 : 16;
        return vector / (dtype.bits() / Byte.SIZE);
    }
}

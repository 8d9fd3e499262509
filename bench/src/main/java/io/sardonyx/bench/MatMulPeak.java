package io.sardonyx.bench;

import io.sardonyx.device.Device;
import io.sardonyx.device.Devices;
import io.sardonyx.device.Launch;
import io.sardonyx.device.Memory;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.Tensor;
import io.sardonyx.tensor.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Float32 matmul of {@code n³} as a fraction of the machine's fused multiply-add peak, both measured in turns; the median over the
 * turns. The threads are those of {@code -Dsardonyx.threads}.
 *
 * <p>{@code bench/matmul [--n 1024] [--turns 15]}
 */
public final class MatMulPeak {
    private static final int SUMS = 12; // of peak.fma.f32
    private static final long ITERATIONS = 2_000_000;

    private MatMulPeak() {}

    public static void main(String[] args) {
        Arguments arguments = new Arguments(args);
        int n = Integer.parseInt(arguments.get("n", "1024"));
        int turns = Integer.parseInt(arguments.get("turns", "15"));
        Device device = Devices.get("cpu");
        double[] fractions = new double[turns];
        double[] products = new double[turns];
        double[] peaks = new double[turns];
        try (Tensor a = Tensor.randn(DType.FLOAT32, 1, n, n);
                Tensor b = Tensor.randn(DType.FLOAT32, 2, n, n)) {
            for (int turn = -3; turn < turns; turn++) {
                double peak = peak(device);
                double product = product(a, b, n);
                if (turn >= 0) {
                    peaks[turn] = peak;
                    products[turn] = product;
                    fractions[turn] = product / peak;
                }
            }
        }
        System.out.printf(
                Locale.ROOT,
                "matmul %d³ float32, %d threads: %.1f GFLOP/s, peak %.1f GFLOP/s, %.0f %% of peak (%s)%n",
                n,
                device.threads(),
                median(products),
                median(peaks),
                100 * median(fractions),
                device.describe());
    }

    /** GFLOP/s of fused multiply-adds on all threads. */
    private static double peak(Device device) {
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

    /** GFLOP/s of the best of three products. */
    private static double product(Tensor a, Tensor b, int n) {
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            long start = System.nanoTime();
            a.matmul(b).close();
            best = Math.min(best, System.nanoTime() - start);
        }
        return 2.0 * n * n * n / best;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}

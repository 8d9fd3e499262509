package io.sardonyx.bench;

import io.sardonyx.device.Device;
import io.sardonyx.device.Devices;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.Tensor;
import java.util.Locale;

/**
 * Float32 matmul of {@code n³} as a fraction of the machine's fused multiply-add peak, both measured in turns; the median over the
 * turns. The threads are those of {@code -Dsardonyx.threads}.
 *
 * <p>{@code bench/matmul [--n 1024] [--turns 15]}
 */
public final class MatMulPeak {
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
                double peak = FmaPeak.measure(device);
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
                Duel.median(products),
                Duel.median(peaks),
                100 * Duel.median(fractions),
                device.describe());
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
}

package io.sardonyx.collective;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sardonyx.device.Device;
import io.sardonyx.device.Launch;
import io.sardonyx.device.Memory;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** all_reduce_rms_norm.*: the residual has the bits of an all-reduce and an addition, and y is its norm. */
@Tag("simulator")
class RmsNormKernelTest {
    private static final int ROWS = 5;
    private static final double EPSILON = 1e-5;

    @TestFactory
    Stream<DynamicTest> everyType() {
        return Ranks.kinds().stream()
                .filter(kind -> kind.device().equals("sim") && (kind.ranks() == 2 || kind.ranks() == 4))
                .flatMap(kind -> Stream.of(DType.FLOAT32, DType.FLOAT16, DType.BFLOAT16)
                        .flatMap(dtype -> Stream.of(4, 72, 2056)
                                .map(n -> DynamicTest.dynamicTest(
                                        kind + ", rows of " + n + " " + dtype,
                                        () -> check(kind.devices(), dtype, n)))));
    }

    private static void check(List<Device> devices, DType dtype, int n) {
        int ranks = devices.size();
        List<HostTensor> x = Ranks.values(ranks, dtype, (long) ROWS * n);
        HostTensor residual = Ranks.values(dtype, 100, (long) ROWS * n);
        HostTensor weight = Ranks.values(dtype, 200, n);
        HostTensor sum = ReferenceReduction.of(x, Reduction.SUM);
        HostTensor expected = HostTensor.allocate(sum.type());
        for (int i = 0; i < sum.size(); i++) {
            expected.set(i, (float) residual.getDouble(i) + (float) sum.getDouble(i));
        }
        try (var launch = new JointLaunch(devices, x)) {
            List<Memory> residuals = new ArrayList<>();
            for (int rank = 0; rank < ranks; rank++) {
                residuals.add(launch.put(rank, residual));
                Launch norm = launch.tensors("all_reduce_rms_norm." + dtype.key())
                        .output(2 * ranks)
                        .output(2 * ranks + 1);
                launch.run(
                        rank,
                        launch.params(norm, rank, Reduction.SUM, Duration.ofSeconds(5))
                                .param(EPSILON),
                        List.of(residuals.get(rank), launch.put(rank, weight)),
                        List.of(residual.type(), weight.type()));
            }
            for (int rank = 0; rank < ranks; rank++) {
                assertEquals(
                        expected.data(),
                        HostTensor.read(sum.type(), residuals.get(rank), 0).data());
                checkNorm(expected, weight, launch.output(rank), n);
            }
        }
    }

    private static void checkNorm(HostTensor residual, HostTensor weight, HostTensor y, int n) {
        double bits = y.dtype() == DType.FLOAT32 ? 0x1p-20 : y.dtype() == DType.FLOAT16 ? 0x1p-10 : 0x1p-7;
        for (int row = 0; row < ROWS; row++) {
            double squares = 0;
            for (int k = 0; k < n; k++) {
                squares += Math.pow(residual.getDouble(row * n + k), 2);
            }
            double scale = 1 / Math.sqrt(squares / n + EPSILON);
            for (int k = 0; k < n; k++) {
                double right = residual.getDouble(row * n + k) * scale * weight.getDouble(k);
                assertEquals(right, y.getDouble(row * n + k), Math.abs(right) * bits + 1e-7, "row " + row + ", " + k);
            }
        }
    }
}

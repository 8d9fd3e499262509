package io.sardonyx;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.device.Device;
import io.sardonyx.device.ReferenceDevice;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.Tensor;
import io.sardonyx.tensor.TensorScope;
import io.sardonyx.tensor.TensorType;
import io.sardonyx.testkit.TestDevices;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The largest error of what sums up, against float64, is at most twice that of obvious loops in the same precision: one sum after
 * the other in float32, rounded once where the result is shorter.
 */
class FloatErrorTest {
    private static final int ROWS = 37;
    private static final int COLUMNS = 64;
    private static final int DEPTH = 520;

    enum Values {
        NORMAL,
        SAME_SIGN;

        DoubleSupplier from(Random random) {
            return this == NORMAL ? random::nextGaussian : random::nextDouble;
        }
    }

    static Stream<Arguments> kinds() {
        return TestDevices.all().stream()
                .filter(device -> device != ReferenceDevice.INSTANCE)
                .flatMap(device -> Stream.of(Values.values()).map(values -> Arguments.of(device, values)));
    }

    static HostTensor random(DType dtype, Values values, long seed, long... dims) {
        DoubleSupplier next = values.from(new Random(seed));
        HostTensor tensor = HostTensor.allocate(new TensorType(dtype, Shape.of(dims)));
        for (int i = 0; i < tensor.size(); i++) {
            tensor.set(i, next.getAsDouble());
        }
        return tensor;
    }

    /** What a value becomes in {@code dtype}. */
    private static double rounded(DType dtype, double value) {
        HostTensor one = HostTensor.allocate(new TensorType(dtype, Shape.SCALAR));
        one.set(0, value);
        return one.getDouble(0);
    }

    private static double largest(double[] actual, double[] exact) {
        double largest = 0;
        for (int i = 0; i < exact.length; i++) {
            largest = Math.max(largest, Math.abs(actual[i] - exact[i]));
        }
        return largest;
    }

    private static void assertSmallError(String what, Tensor actual, double[] loops, double[] exact) {
        assertSmallError(what, actual.toHost().toDoubles(), loops, exact);
    }

    static void assertSmallError(String what, double[] actual, double[] loops, double[] exact) {
        double ours = largest(actual, exact);
        double theirs = largest(loops, exact);
        assertTrue(ours <= 2 * theirs, what + ": largest error " + ours + ", that of obvious loops " + theirs);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void products(Device device, Values values) {
        for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT16, DType.BFLOAT16)) {
            HostTensor a = random(dtype, values, 1, ROWS, DEPTH);
            HostTensor b = random(dtype, values, 2, DEPTH, COLUMNS);
            double[] exact = new double[ROWS * COLUMNS];
            double[] loops = new double[exact.length];
            for (int i = 0; i < exact.length; i++) {
                float sum = 0;
                for (int p = 0; p < DEPTH; p++) {
                    double x = a.getDouble(i / COLUMNS * DEPTH + p);
                    double y = b.getDouble(p * COLUMNS + i % COLUMNS);
                    exact[i] += x * y;
                    sum += (float) (x * y);
                }
                loops[i] = rounded(dtype, sum);
            }
            try (TensorScope scope = TensorScope.open()) {
                assertSmallError(
                        device.name() + ", " + dtype, Tensor.of(a, device).matmul(Tensor.of(b, device)), loops, exact);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void sums(Device device, Values values) {
        HostTensor x = random(DType.FLOAT32, values, 3, ROWS, DEPTH);
        double[] exact = new double[ROWS];
        double[] loops = new double[ROWS];
        for (int row = 0; row < ROWS; row++) {
            float sum = 0;
            for (int i = 0; i < DEPTH; i++) {
                exact[row] += x.getDouble(row * DEPTH + i);
                sum += (float) x.getDouble(row * DEPTH + i);
            }
            loops[row] = sum;
        }
        try (TensorScope scope = TensorScope.open()) {
            assertSmallError(device.name(), Tensor.of(x, device).sum(1), loops, exact);
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void softmax(Device device, Values values) {
        HostTensor x = random(DType.FLOAT32, values, 4, ROWS, DEPTH);
        double[] exact = new double[ROWS * DEPTH];
        double[] loops = new double[exact.length];
        for (int row = 0; row < ROWS; row++) {
            float max = Float.NEGATIVE_INFINITY;
            for (int i = 0; i < DEPTH; i++) {
                max = Math.max(max, (float) x.getDouble(row * DEPTH + i));
            }
            float sum = 0;
            double exactSum = 0;
            for (int i = 0; i < DEPTH; i++) {
                double value = x.getDouble(row * DEPTH + i);
                exactSum += Math.exp(value - max);
                sum += (float) Math.exp((float) value - max);
            }
            for (int i = 0; i < DEPTH; i++) {
                double value = x.getDouble(row * DEPTH + i);
                exact[row * DEPTH + i] = Math.exp(value - max) / exactSum;
                loops[row * DEPTH + i] = (float) Math.exp((float) value - max) / sum;
            }
        }
        try (TensorScope scope = TensorScope.open()) {
            assertSmallError(device.name(), Tensor.of(x, device).softmax(1), loops, exact);
        }
    }
}

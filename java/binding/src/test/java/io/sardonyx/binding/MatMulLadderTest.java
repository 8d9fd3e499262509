package io.sardonyx.binding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.sardonyx.device.Device;
import io.sardonyx.device.Launch;
import io.sardonyx.device.Memory;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.TensorType;
import io.sardonyx.testkit.TestDevices;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every step of {@code kernels/cuda/lab/matmul} multiplies matrices of any size, on every device that has it. */
class MatMulLadderTest {
    private static final int[][] SIZES = {
        {1, 1, 1},
        {2, 3, 0},
        {0, 5, 4},
        {7, 129, 16},
        {16, 17, 7},
        {64, 64, 64},
        {127, 33, 12},
        {129, 130, 20},
        {132, 128, 40}
    };

    /** Steps without tensor cores, which all devices of the simulator have. */
    private static final int PLAIN_STEPS = 6;

    private static String key(int step) {
        return "lab.matmul." + step;
    }

    @Test
    void theSimulatorHasThePlainSteps() {
        for (Device device : TestDevices.all()) {
            if (device.name().startsWith("sim:")) {
                IntStream.rangeClosed(1, PLAIN_STEPS)
                        .forEach(step -> assertTrue(device.has(key(step)), device.name() + " lacks " + key(step)));
            }
        }
    }

    @TestFactory
    Stream<DynamicTest> everyStep() {
        return TestDevices.all().stream().flatMap(device -> IntStream.rangeClosed(1, 9)
                .filter(step -> device.has(key(step)))
                .boxed()
                .flatMap(step -> Arrays.stream(SIZES)
                        .map(s -> dynamicTest(
                                device.name() + ": " + key(step) + " " + Arrays.toString(s),
                                () -> check(device, key(step), s[0], s[1], s[2])))));
    }

    /** With small integers, whose sums are exact in any order. */
    private static void check(Device device, String key, int m, int n, int k) {
        float[] a = integers(1, m * k);
        float[] b = integers(2, k * n);
        float[] expected = new float[m * n];
        for (int i = 0; i < m * n; i++) {
            for (int d = 0; d < k; d++) {
                expected[i] += a[i / n * k + d] * b[d * n + i % n];
            }
        }
        try (Memory left = device.allocate(4L * m * k);
                Memory right = device.allocate(4L * k * n);
                Memory result = device.allocate(4L * m * n)) {
            write(left, a);
            write(right, b);
            float[] poison = new float[m * n];
            Arrays.fill(poison, Float.NaN);
            write(result, poison);
            device.launch(
                    Launch.ofKey(key).input(0).input(1).output(0).params(m, n, k),
                    List.of(TensorType.of(DType.FLOAT32, m, k), TensorType.of(DType.FLOAT32, k, n)),
                    new Memory[] {left, right},
                    List.of(TensorType.of(DType.FLOAT32, m, n)),
                    new Memory[] {result});
            assertArrayEquals(expected, read(result, m * n));
        }
    }

    private static float[] integers(long seed, int count) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextInt(17) - 8;
        }
        return values;
    }

    private static void write(Memory to, float[] values) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(4 * values.length).order(ByteOrder.nativeOrder());
        bytes.asFloatBuffer().put(values);
        to.write(0, bytes);
    }

    private static float[] read(Memory from, int count) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(4 * count).order(ByteOrder.nativeOrder());
        from.read(0, bytes);
        float[] values = new float[count];
        bytes.rewind().order(ByteOrder.nativeOrder()).asFloatBuffer().get(values);
        return values;
    }
}

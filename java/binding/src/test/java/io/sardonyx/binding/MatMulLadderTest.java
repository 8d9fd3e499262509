package io.sardonyx.binding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.sardonyx.device.Device;
import io.sardonyx.device.DeviceException;
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
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every step of {@code kernels/cuda/lab/matmul} multiplies matrices, on every device that has it: the plain ones of any size, those
 * with tensor cores, whose operands are bfloat16, of rows in whole chunks of 16 bytes.
 */
@Tag("simulator")
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

    private static final int[][] CHUNKED_SIZES = {
        {0, 8, 8},
        {3, 0, 16},
        {1, 8, 8},
        {16, 16, 16},
        {63, 24, 56},
        {128, 128, 64},
        {129, 136, 72},
        {130, 40, 264},
        {65, 200, 320}
    };

    private static final int[][] WITHOUT_WHOLE_CHUNKS = {{16, 16, 12}, {16, 12, 16}, {16, 16, 0}};

    /** Steps without tensor cores. */
    private static final int PLAIN_STEPS = 6;

    private static final int STEPS = 8;

    private static String key(int step) {
        return "lab.matmul." + step;
    }

    @Test
    void theSimulatorHasThemAll() {
        for (Device device : TestDevices.all()) {
            if (device.name().startsWith("sim:")) {
                IntStream.rangeClosed(1, STEPS)
                        .forEach(step -> assertTrue(device.has(key(step)), device.name() + " lacks " + key(step)));
            }
        }
    }

    @TestFactory
    Stream<DynamicTest> everyStep() {
        return cases(1, PLAIN_STEPS, SIZES, (device, key, m, n, k) -> check(device, key, DType.FLOAT32, m, n, k));
    }

    @TestFactory
    Stream<DynamicTest> everyStepWithTensorCores() {
        return cases(PLAIN_STEPS + 1, STEPS, CHUNKED_SIZES, (device, key, m, n, k) -> {
            try {
                check(device, key, DType.BFLOAT16, m, n, k);
            } catch (DeviceException e) {
                Assumptions.assumeFalse(e.code() == DeviceException.Code.UNSUPPORTED, e.getMessage());
                throw e;
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> partsOfChunksAreRefused() {
        return cases(PLAIN_STEPS + 1, STEPS, WITHOUT_WHOLE_CHUNKS, (device, key, m, n, k) -> {
            DeviceException e = assertThrows(DeviceException.class, () -> check(device, key, DType.BFLOAT16, m, n, k));
            Assumptions.assumeFalse(e.code() == DeviceException.Code.UNSUPPORTED, e.getMessage());
            assertTrue(e.getMessage().endsWith("not n = " + n + ", k = " + k), e.getMessage());
        });
    }

    private interface Step {
        void run(Device device, String key, int m, int n, int k);
    }

    private static Stream<DynamicTest> cases(int first, int last, int[][] sizes, Step step) {
        return TestDevices.all().stream().flatMap(device -> IntStream.rangeClosed(first, last)
                .mapToObj(MatMulLadderTest::key)
                .filter(device::has)
                .flatMap(key -> Arrays.stream(sizes)
                        .map(s -> dynamicTest(
                                device.name() + ": " + key + " " + Arrays.toString(s),
                                () -> step.run(device, key, s[0], s[1], s[2])))));
    }

    /** With small integers, whose sums are exact in any order. */
    private static void check(Device device, String key, DType operands, int m, int n, int k) {
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
            write(left, operands, a);
            write(right, operands, b);
            float[] poison = new float[m * n];
            Arrays.fill(poison, Float.NaN);
            write(result, DType.FLOAT32, poison);
            device.launch(
                    Launch.ofKey(key).input(0).input(1).output(0).params(m, n, k),
                    List.of(TensorType.of(operands, m, k), TensorType.of(operands, k, n)),
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

    /** As float32, or as bfloat16, of which it is the upper half. */
    private static void write(Memory to, DType type, float[] values) {
        ByteBuffer bytes = ByteBuffer.allocateDirect((type == DType.FLOAT32 ? 4 : 2) * values.length)
                .order(ByteOrder.nativeOrder());
        if (type == DType.FLOAT32) {
            bytes.asFloatBuffer().put(values);
        } else {
            for (int i = 0; i < values.length; i++) {
                bytes.putShort(2 * i, (short) (Float.floatToRawIntBits(values[i]) >>> 16));
            }
        }
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

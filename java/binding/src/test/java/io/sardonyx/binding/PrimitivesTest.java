package io.sardonyx.binding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.device.DeviceException;
import io.sardonyx.device.Launch;
import io.sardonyx.device.Memory;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.TensorType;
import io.sardonyx.testkit.TestDevices;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The primitives that kernels for GPUs are made of, on every GPU, real or simulated. A kernel {@code primitive.NAME} leaves
 * what came out in one tensor and what plain code expects in another; kernels/cuda/lab/primitives has them.
 */
@Tag("simulator")
class PrimitivesTest {
    private static final int VALUES = 4096;
    private static final int BYTES = 4 * VALUES;

    @TestFactory
    Stream<DynamicTest> primitives() {
        return devices().flatMap(device -> keys(device)
                .filter(key -> key.startsWith("primitive."))
                .map(key -> DynamicTest.dynamicTest(device + " " + key, () -> run(device, key))));
    }

    @Test
    void everyGpuHasThem() {
        devices()
                .filter(device -> !device.onHost())
                .forEach(device -> assertTrue(
                        keys(device).anyMatch("primitive.warp.shuffle"::equals), () -> device + " has no primitives"));
    }

    @Test
    void keysAreSortedAndEnd() {
        devices().forEach(device -> {
            List<String> keys = keys(device).toList();
            assertFalse(keys.isEmpty());
            assertEquals(keys.stream().sorted().toList(), keys);
            assertTrue(keys.stream().allMatch(device::has));
            assertNull(Native.sx_kernel_key(device.handle(), keys.size()));
            assertNull(Native.sx_kernel_key(device.handle(), -1));
        });
    }

    private static Stream<NativeDevice> devices() {
        return TestDevices.all().stream().filter(NativeDevice.class::isInstance).map(NativeDevice.class::cast);
    }

    private static Stream<String> keys(NativeDevice device) {
        return IntStream.range(0, Native.sx_kernel_count(device.handle()))
                .mapToObj(i -> Native.sx_kernel_key(device.handle(), i));
    }

    private static void run(NativeDevice device, String key) {
        TensorType type = TensorType.of(DType.FLOAT32, VALUES);
        try (NativeMemory actual = device.allocate(BYTES);
                NativeMemory expected = device.allocate(BYTES)) {
            device.launch(
                    Launch.ofKey(key).output(0).output(1), List.of(), new Memory[0], List.of(type, type), new Memory[] {
                        actual, expected
                    });
            FloatBuffer wanted = read(device, expected);
            FloatBuffer given = read(device, actual);
            assertTrue(IntStream.range(0, VALUES).anyMatch(i -> wanted.get(i) != 0), "expects something");
            for (int i = 0; i < VALUES; i++) {
                assertEquals(wanted.get(i), given.get(i), "value " + i);
            }
        } catch (DeviceException e) {
            Assumptions.assumeFalse(e.code() == DeviceException.Code.UNSUPPORTED, e.getMessage());
            throw e;
        }
    }

    private static FloatBuffer read(NativeDevice device, Memory memory) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(BYTES).order(ByteOrder.nativeOrder());
        device.copy(Native.sx_buffer_address(bytes), memory.address(), BYTES);
        return bytes.asFloatBuffer();
    }
}

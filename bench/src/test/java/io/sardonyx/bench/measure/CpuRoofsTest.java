package io.sardonyx.bench.measure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.bench.record.Roof;
import io.sardonyx.device.Device;
import io.sardonyx.device.Devices;
import io.sardonyx.device.Launch;
import io.sardonyx.device.Memory;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.TensorType;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class CpuRoofsTest {
    private static Device cpu() {
        Device device = Devices.best();
        Assumptions.assumeTrue(device.has("peak.copy"), "the native CPU device, not " + device);
        return device;
    }

    @Test
    void eachLevelIsReadAndCopied() {
        CpuCaches caches = new CpuCaches(new TreeMap<>(Map.of(1, 32L << 10, 2, 1L << 20)));
        List<Roof> roofs = CpuRoofs.measure(cpu(), caches);
        assertEquals(
                List.of(
                        "fma.float32",
                        "fma.float64",
                        "fma.int8",
                        "read.L1",
                        "copy.L1",
                        "read.L2",
                        "copy.L2",
                        "read.memory",
                        "copy.memory"),
                roofs.stream().map(Roof::name).toList());
        assertTrue(roofs.stream().allMatch(r -> r.value() > 1e7 && !r.isa().isEmpty()), roofs.toString());
    }

    /** Blocks of 512 bytes at most, shared between three. */
    @Test
    void whatIsTimedIsACopy() {
        Device device = cpu();
        byte[] bytes = new byte[3 * 1536 + 100];
        new Random(1).nextBytes(bytes);
        TensorType type = TensorType.of(DType.UINT8, bytes.length);
        try (Memory x = device.allocate(bytes.length);
                Memory y = device.allocate(bytes.length)) {
            x.write(0, ByteBuffer.wrap(bytes));
            y.write(0, ByteBuffer.allocate(bytes.length));
            Launch launch = Launch.ofKey("peak.copy").input(0).output(0).params(2, 3);
            device.launch(launch, List.of(type), new Memory[] {x}, List.of(type), new Memory[] {y});
            ByteBuffer copy = ByteBuffer.allocate(bytes.length);
            y.read(0, copy);
            byte[] expected = bytes.clone();
            Arrays.fill(expected, 3 * 1536, bytes.length, (byte) 0);
            assertArrayEquals(expected, copy.array());
        }
    }
}

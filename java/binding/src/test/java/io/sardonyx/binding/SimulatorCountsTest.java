package io.sardonyx.binding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.sardonyx.device.Device;
import io.sardonyx.device.DeviceException;
import io.sardonyx.device.Devices;
import io.sardonyx.device.Launch;
import io.sardonyx.device.Memory;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.TensorType;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** That the simulated GPU counts what kernels do, exactly, on any schedule: kernels whose counts follow from their sizes. */
@Tag("simulator")
class SimulatorCountsTest {
    private static final String SIMULATOR = "sim:0";
    private static final String LOADED = "threads' global load bytes";
    private static final String STORED = "threads' global store bytes";
    private static final boolean CHECKED = "checked".equals(System.getProperty("sardonyx.sim"));
    private static final int SCHEDULES = 4;

    private static Device simulator() {
        Natives.cpu();
        Assumptions.assumeTrue(
                Devices.all().stream().anyMatch(d -> d.name().equals(SIMULATOR)), "there is no simulated GPU");
        return Devices.get(SIMULATOR);
    }

    /** mma.sync.m16n8k16 and copies of 16 bytes: step 7 of the ladder, whose tiles are 128 x 128 x 32. */
    @ParameterizedTest
    @CsvSource({"128, 128, 64", "256, 128, 32", "128, 256, 96"})
    void productsOfWarps(int m, int n, int k) {
        Device device = simulator();
        long products = (long) m * n * k;
        long bytes = 2L * n / 128 * m * k + 2L * m / 128 * k * n;
        for (int i = 0; i < SCHEDULES; i++) {
            Map<String, Long> counts = difference(device, () -> multiply(device, 7, DType.BFLOAT16, m, n, k));
            assertEquals(
                    Map.of(
                            "kernels",
                            1L,
                            "blocks",
                            m / 128L * (n / 128),
                            "mma.m16n8k16",
                            products / (16 * 8 * 16),
                            "tensor-core FLOP",
                            2 * products,
                            "ldmatrix",
                            m / 128L * (n / 128) * 4 * (k / 16) * 8,
                            "cp.async copies",
                            bytes / 16,
                            "cp.async global bytes",
                            bytes,
                            "block barriers",
                            m / 128L * (n / 128) * (k / 32)),
                    filter(counts, false));
        }
    }

    /** What lies outside of the matrices is filled up with zeros, and multiplied, but never read. */
    @Test
    void whatIsFilledUpIsNotRead() {
        Device device = simulator();
        Map<String, Long> counts = difference(device, () -> multiply(device, 7, DType.BFLOAT16, 3, 8, 24));
        assertEquals(2L * (3 * 24 + 24 * 8), counts.get("cp.async global bytes"));
        assertEquals(128L * 128 * 32 / (16 * 8 * 16), counts.get("mma.m16n8k16"));
    }

    /** wgmma of m64n128k16, and TMA: step 8, whose tiles are 128 x 128 x 64. */
    @Test
    void productsOfWarpgroups() {
        Device device = simulator();
        int m = 256;
        int n = 128;
        int k = 192;
        for (int i = 0; i < SCHEDULES; i++) {
            Map<String, Long> counts = difference(device, () -> tryMultiply(device, m, n, k));
            assertEquals((long) m * n * k / (64 * 128 * 16), counts.get("wgmma"));
            assertEquals(2L * m * n * k, counts.get("tensor-core FLOP"));
            assertEquals(m / 128L * (k / 64) * 3, counts.get("TMA loads"));
            assertEquals(2L * (m * k + m / 128 * k * n), counts.get("TMA global load bytes"));
            assertEquals(m / 128L, counts.get("block barriers"));
            assertFalse(counts.containsKey("mma.m16n8k16"), counts + "");
        }
        assertEquals(
                2L * (65 * 72 + 72 * 8),
                difference(device, () -> tryMultiply(device, 65, 8, 72)).get("TMA global load bytes"));
    }

    /** One device, however many queues there are. */
    @Test
    void anotherQueueCountsWithTheFirst() {
        Device device = simulator();
        Device another = device.another();
        Map<String, Long> counts = difference(device, () -> {
            multiply(another, 1, DType.FLOAT32, 4, 4, 4);
            another.counters();
        });
        assertEquals(1, counts.get("kernels"));
    }

    @Test
    void otherDevicesCountNothing() {
        assertEquals(Map.of(), Natives.cpu().counters());
        assertEquals(Map.of(), Devices.get("reference").counters());
    }

    /** The fast simulator does not see ordinary loads and stores, and has no name for them; the checked one sees all. */
    @Test
    void ordinaryAccessesAreTheCheckedOnes() {
        Device device = simulator();
        assertEquals(CHECKED, device.counters().containsKey(LOADED));
        assertEquals(CHECKED, device.counters().containsKey(STORED));
        Assumptions.assumeTrue(CHECKED, "the fast simulator");
        for (int bytes : new int[] {1000, 65543}) {
            assertEquals(
                    Map.of(LOADED, (long) bytes, STORED, (long) bytes),
                    ordinary(difference(device, () -> copy(device, bytes))));
        }
        // A tile has 32 threads along each side, and loads are left out along one.
        assertEquals(
                Map.of(LOADED, 4L * 32 * 9 * (7 + 5), STORED, 4L * 7 * 5),
                ordinary(difference(device, () -> multiply(device, 1, DType.FLOAT32, 7, 5, 9))));
        assertEquals( // ldmatrix reads what cp.async has brought
                Map.of(STORED, 4L * 128 * 128, "threads' shared load bytes", 128L * 32 * 16),
                ordinary(difference(device, () -> multiply(device, 7, DType.BFLOAT16, 128, 128, 64))));
    }

    private static Map<String, Long> ordinary(Map<String, Long> counts) {
        return filter(counts, true);
    }

    private static Map<String, Long> filter(Map<String, Long> counts, boolean ordinary) {
        return counts.entrySet().stream()
                .filter(e -> e.getKey().startsWith("threads' ") == ordinary)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** What was counted meanwhile, without zeros. */
    private static Map<String, Long> difference(Device device, Runnable work) {
        Map<String, Long> before = device.counters();
        work.run();
        return device.counters().entrySet().stream()
                .filter(e -> e.getValue() > before.get(e.getKey()))
                .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue() - before.get(e.getKey())));
    }

    private static void tryMultiply(Device device, int m, int n, int k) {
        try {
            multiply(device, 8, DType.BFLOAT16, m, n, k);
        } catch (DeviceException e) { // on a simulated GPU before Hopper
            Assumptions.assumeFalse(e.code() == DeviceException.Code.UNSUPPORTED, e.getMessage());
            throw e;
        }
    }

    private static void multiply(Device device, int step, DType type, int m, int n, int k) {
        launch(
                device,
                Launch.ofKey("lab.matmul." + step).input(0).input(1).output(0).params(m, n, k),
                List.of(TensorType.of(type, m, k), TensorType.of(type, k, n)),
                TensorType.of(DType.FLOAT32, m, n));
    }

    private static void copy(Device device, int bytes) {
        TensorType type = TensorType.of(DType.UINT8, bytes);
        launch(device, Launch.ofKey("copy").input(0).output(0).params(bytes), List.of(type), type);
    }

    /** On zeros. */
    private static void launch(Device device, Launch launch, List<TensorType> inputs, TensorType output) {
        Memory[] memory =
                inputs.stream().map(type -> device.allocate(type.byteSize())).toArray(Memory[]::new);
        try (Memory result = device.allocate(output.byteSize())) {
            for (Memory input : memory) {
                input.write(0, ByteBuffer.allocate((int) input.byteSize()));
            }
            device.launch(launch, inputs, memory, List.of(output), new Memory[] {result});
        } finally {
            List.of(memory).forEach(Memory::close);
        }
    }
}

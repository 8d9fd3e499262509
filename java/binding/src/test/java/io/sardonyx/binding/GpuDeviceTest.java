package io.sardonyx.binding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.device.Device;
import io.sardonyx.device.DeviceException;
import io.sardonyx.device.Devices;
import io.sardonyx.device.Launch;
import io.sardonyx.device.Memory;
import io.sardonyx.device.OutOfMemoryException;
import io.sardonyx.device.Program;
import io.sardonyx.device.Program.Command;
import io.sardonyx.device.Program.Operand;
import io.sardonyx.device.Program.Place;
import io.sardonyx.device.ReferenceDevice;
import io.sardonyx.device.RunControl;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a GPU does as a device, on every GPU, real or simulated: copies through pinned memory, graphs, and what it refuses. */
class GpuDeviceTest {
    /** A table of 8 rows, in which indices look up 4. */
    private static final TensorType TABLE = TensorType.of(DType.FLOAT32, 8, 3);

    private static final TensorType INDICES = TensorType.of(DType.INT64, 4);
    private static final TensorType PICKED = TensorType.of(DType.FLOAT32, 4, 3);

    private NativeDevice gpu;
    private long before;

    @BeforeEach
    void find() {
        Natives.cpu();
        Optional<Device> found = Devices.all().stream().filter(d -> !d.onHost()).findFirst();
        Assumptions.assumeTrue(
                found.isPresent(), () -> "skipped: there is no GPU, not even a simulated one " + Devices.problems());
        gpu = (NativeDevice) found.get();
        before = gpu.liveBytes();
    }

    @AfterEach
    void nothingIsLeft() {
        assertEquals(before, gpu.liveBytes());
    }

    /** Around the slots of the ring of pinned memory, and more than all of them. */
    @ParameterizedTest
    @ValueSource(ints = {1, 255, 4097, 1 << 20, (1 << 20) + 1, 3_000_001, 20_000_003})
    void everySizeComesBack(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        ByteBuffer direct = ByteBuffer.allocateDirect(size).put(bytes).flip();
        try (Memory far = gpu.allocate(size);
                Memory other = gpu.allocate(size);
                Memory near = Devices.best().allocate(size)) {
            far.write(0, direct);
            direct.put(0, (byte) ~bytes[0]).put(size - 1, (byte) ~bytes[size - 1]);
            gpu.copy(other, 0, far, 0, size);
            gpu.copy(near, 0, other, 0, size);
            assertEquals(ByteBuffer.wrap(bytes), near.buffer(0, size));
            other.write(0, ByteBuffer.wrap(bytes).slice().put(0, (byte) 0));
            ByteBuffer heap = ByteBuffer.allocate(size);
            other.read(0, heap);
            assertEquals(ByteBuffer.wrap(bytes).put(0, (byte) 0), heap.flip());
        }
    }

    /** What was uploaded is on its way when the call returns; what follows must find it there all the same, in order. */
    @Test
    void manySmallUploadsKeepTheirOrder() {
        int count = 20_000;
        ByteBuffer value = ByteBuffer.allocateDirect(1000).order(ByteOrder.nativeOrder());
        try (Memory far = gpu.allocate(4L * count + 1000)) {
            for (int i = 0; i < count; i++) {
                far.write(4L * i, value.clear().putInt(0, i)); // each covers what comes behind it
            }
            ByteBuffer all = ByteBuffer.allocateDirect(4 * count).order(ByteOrder.nativeOrder());
            far.read(0, all);
            for (int i = 0; i < count; i++) {
                assertEquals(i, all.getInt(4 * i));
            }
        }
    }

    @Test
    void aCapturedProgramGivesWhatTheFirstRunGave() {
        try (Lookup lookup = new Lookup()) {
            lookup.program.run(lookup.bases(), 0, 2, new RunControl());
            List<Float> first = lookup.picked();
            for (int run = 0; run < 3; run++) {
                lookup.clear();
                lookup.program.run(lookup.bases(), 0, 2, new RunControl());
                assertEquals(first, lookup.picked());
            }
            lookup.setIndex(1, 7);
            lookup.program.run(lookup.bases(), 0, 2, new RunControl());
            assertEquals(21f, lookup.picked().get(3), "a graph has the addresses in it, not the data");
        }
    }

    /** More sets of addresses than graphs are kept for, each often enough to be captured. */
    @Test
    void graphsOfOtherAddressesDoNotMix() {
        List<Lookup> lookups =
                IntStream.range(0, 11).mapToObj(i -> new Lookup()).toList();
        try (Lookup owner = new Lookup()) {
            for (int round = 0; round < 4; round++) {
                for (int i = 0; i < lookups.size(); i++) {
                    Lookup lookup = lookups.get(i);
                    lookup.clear();
                    lookup.setIndex(0, i % 8);
                    owner.program.run(lookup.bases(), 0, 2, new RunControl());
                    assertEquals(3f * (i % 8), lookup.picked().get(0));
                }
            }
        }
        lookups.forEach(Lookup::close);
    }

    /** As in a first run, so in the run that captures, and in one that replays. */
    @Test
    void anIndexOutsideIsFoundInAReplay() {
        for (int runs = 0; runs < 4; runs++) {
            try (Lookup lookup = new Lookup()) {
                for (int run = 0; run < runs; run++) {
                    lookup.program.run(lookup.bases(), 0, 2, new RunControl());
                }
                lookup.setIndex(2, 8);
                var failure = assertThrows(
                        DeviceException.class, () -> lookup.program.run(lookup.bases(), 0, 2, new RunControl()));
                assertEquals("Gather: index 8 is outside [-8, 8)", failure.getMessage());
                assertEquals(DeviceException.Code.INVALID, failure.code());
                assertEquals(0, failure.step());
                assertEquals("gather.b4", failure.kernel());
                lookup.setIndex(2, 5);
                lookup.program.run(lookup.bases(), 0, 2, new RunControl());
                assertEquals(15f, lookup.picked().get(6));
            }
        }
    }

    @Test
    void whatIsTooMuchIsSaidInNumbersAndTheDeviceStaysUsable() {
        try (Memory held = gpu.allocate(1 << 20)) {
            var failure = assertThrows(OutOfMemoryException.class, () -> gpu.allocate(1L << 45));
            assertEquals(1L << 45, failure.requested());
            assertTrue(failure.largestBlock() > 0, failure.getMessage());
            assertTrue(failure.free() >= failure.largestBlock(), failure.getMessage());
            assertEquals(
                    gpu.name() + ": no memory for " + (1L << 45) + " bytes; " + gpu.liveBytes() + " are in use, "
                            + failure.free() + " free, " + failure.largestBlock() + " at most in one block",
                    failure.getMessage());
            gpu.allocate(failure.largestBlock()).close();
            held.write(0, ByteBuffer.allocate(1 << 20));
        }
        try (Lookup lookup = new Lookup()) {
            lookup.program.run(lookup.bases(), 0, 2, new RunControl());
        }
    }

    /** Once a kernel took the address for one of its own device, which ends a real one. */
    @Test
    void memoryOfTheHostIsRefusedByLaunchesAndPrograms() {
        Device cpu = Devices.best();
        try (Lookup lookup = new Lookup();
                Memory near = cpu.allocate(TABLE.byteSize());
                Memory heap = ReferenceDevice.INSTANCE.allocate(TABLE.byteSize());
                Memory borrowed = cpu.wrap(ByteBuffer.allocateDirect((int) TABLE.byteSize()))) {
            for (Memory wrong : List.of(near, heap, borrowed)) {
                var refused = assertThrows(IllegalArgumentException.class, () -> gather(wrong, lookup));
                assertTrue(refused.getMessage().startsWith(gpu.name() + ": cannot run on "), refused.getMessage());
            }
            long[] bases = lookup.bases();
            bases[0] = near.address();
            var failure = assertThrows(DeviceException.class, () -> lookup.program.run(bases, 0, 2, new RunControl()));
            assertEquals(DeviceException.Code.INVALID, failure.code());
            assertTrue(
                    failure.getMessage().endsWith("memory of the host is given to " + gpu + "; copy it there first"),
                    failure.getMessage());
            gather(lookup.table, lookup);
        }
    }

    /** The CPU would take the JVM with it. */
    @Test
    void memoryOfAGpuIsRefusedByTheCpu() {
        TensorType type = TensorType.of(DType.FLOAT32, 16);
        NativeDevice cpu = Natives.cpu();
        Launch softmax = Launch.of("softmax", DType.FLOAT32).input(0).output(0).params(1, 16, 1);
        try (Memory far = gpu.allocate(64);
                Memory heap = ReferenceDevice.INSTANCE.allocate(64);
                Memory near = cpu.allocate(64)) {
            for (Memory wrong : List.of(far, heap)) {
                assertThrows(
                        IllegalArgumentException.class,
                        () -> cpu.launch(
                                softmax, List.of(type), new Memory[] {near}, List.of(type), new Memory[] {wrong}));
            }
        }
    }

    private void gather(Memory table, Lookup lookup) {
        gpu.launch(
                Launch.ofKey("gather.b4").input(0).input(1).output(0).param(0),
                List.of(TABLE, INDICES),
                new Memory[] {table, lookup.indices},
                List.of(PICKED),
                new Memory[] {lookup.picked});
    }

    /** A program of two steps: the rows that indices name, and their softmax elsewhere. */
    private final class Lookup implements AutoCloseable {
        final Memory table = gpu.allocate(TABLE.byteSize());
        final Memory indices = gpu.allocate(INDICES.byteSize());
        final Memory picked = gpu.allocate(PICKED.byteSize());
        final Memory soft = gpu.allocate(PICKED.byteSize());
        final Program program = gpu.compile(
                List.of(
                        command("gather.b4", List.of(operand(TABLE, 0), operand(INDICES, 1), operand(PICKED, 2)), 0),
                        command("softmax.f32", List.of(operand(PICKED, 2), operand(PICKED, 3)), 4, 3, 1)),
                1);

        Lookup() {
            ByteBuffer values =
                    ByteBuffer.allocateDirect((int) TABLE.byteSize()).order(ByteOrder.nativeOrder());
            IntStream.range(0, 24).forEach(i -> values.putFloat(4 * i, i));
            table.write(0, values);
            for (int i = 0; i < 4; i++) {
                setIndex(i, 2 * i);
            }
            clear();
        }

        private Command command(String kernel, List<Optional<Operand>> operands, long... params) {
            return new Command(kernel, operands, params, Optional.empty(), 0);
        }

        private Optional<Operand> operand(TensorType type, int base) {
            return Optional.of(new Operand(type, new Place(base, 0)));
        }

        void setIndex(int i, long index) {
            ByteBuffer value = ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder());
            indices.write(8L * i, value.putLong(0, index));
        }

        void clear() {
            picked.write(0, ByteBuffer.allocateDirect((int) PICKED.byteSize()));
            soft.write(0, ByteBuffer.allocateDirect((int) PICKED.byteSize()));
        }

        long[] bases() {
            return new long[] {table.address(), indices.address(), picked.address(), soft.address()};
        }

        /** The rows, and what softmax made of them. */
        List<Float> picked() {
            ByteBuffer values =
                    ByteBuffer.allocateDirect(2 * (int) PICKED.byteSize()).order(ByteOrder.nativeOrder());
            picked.read(0, values.limit((int) PICKED.byteSize()));
            soft.read(0, values.limit(values.capacity()));
            return IntStream.range(0, values.capacity() / 4)
                    .mapToObj(i -> values.getFloat(4 * i))
                    .toList();
        }

        @Override
        public void close() {
            program.close();
            List.of(table, indices, picked, soft).forEach(Memory::close);
        }
    }
}

package io.sardonyx.binding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.device.Device;
import io.sardonyx.device.DeviceException;
import io.sardonyx.device.Launch;
import io.sardonyx.device.Memory;
import io.sardonyx.device.OutOfMemoryException;
import io.sardonyx.device.ReferenceDevice;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.TensorType;
import io.sardonyx.testkit.FarDevice;
import io.sardonyx.testkit.TestDevices;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NativeDeviceTest {
    private final NativeDevice device = Natives.cpu();
    private final long before = device.liveBytes();

    @AfterEach
    void nothingIsLeft() {
        assertEquals(before, device.liveBytes());
    }

    @Test
    void describesItselfInOneLine() {
        assertTrue(
                device.describe().matches(".*\\d+ cores?, (baseline|avx2|avx512|avx512vnni), \\d+ GiB.*"),
                device.describe());
    }

    @Test
    void memoryIsAlignedAndCounted() {
        for (long bytes : new long[] {0, 1, 63, 64, 65, 1000, 4096, 100_000, 5_000_000, 33_554_433}) {
            Memory memory = device.allocate(bytes);
            assertEquals(0, memory.address() % 64, "alignment of " + bytes + " bytes");
            assertEquals(before + bytes, device.liveBytes());
            if (bytes > 0) {
                memory.buffer(bytes - 1, 1).put(0, (byte) 7);
                assertEquals(7, memory.buffer(0, (int) bytes).get((int) bytes - 1));
            }
            memory.close();
            memory.close();
        }
    }

    /** Blocks left over from another model once kept every later one from being reused: each run's memory was new to the system. */
    @Test
    void whatWasFreedLastIsKept() {
        List<NativeMemory> leftOver =
                Stream.generate(() -> device.allocate(5 << 20)).limit(24).toList();
        leftOver.forEach(Memory::close);
        int size = 16 << 20;
        try (Memory memory = device.allocate(size)) {
            memory.buffer(0, size).put(size - 1, (byte) 7);
        }
        try (Memory memory = device.allocate(size)) {
            assertEquals(7, memory.buffer(0, size).get(size - 1), "memory from the system is 0");
        }
    }

    @Test
    void buffersEndWithTheMemory() {
        try (Memory memory = device.allocate(16)) {
            assertThrows(IndexOutOfBoundsException.class, () -> memory.buffer(8, 9));
            assertThrows(IndexOutOfBoundsException.class, () -> memory.buffer(-1, 1));
        }
    }

    @Test
    void closedMemoryIsRefused() {
        Memory x = device.allocate(64);
        Memory y = device.allocate(64);
        x.close();
        assertThrows(IllegalStateException.class, x::address);
        assertThrows(IllegalStateException.class, () -> x.buffer(0, 4));
        assertThrows(IllegalStateException.class, () -> softmax(x, y));
        y.close();
    }

    @Test
    void memoryIsCopiedFromAndToTheHeap() {
        try (Memory x = device.allocate(8);
                Memory y = device.allocate(8);
                Memory heap = ReferenceDevice.INSTANCE.allocate(8)) {
            heap.write(0, ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}));
            device.copy(x, 0, heap, 0, 8);
            device.copy(y, 1, x, 3, 4);
            device.copy(heap, 0, y, 1, 4);
            assertEquals(ByteBuffer.wrap(new byte[] {4, 5, 6, 7, 5, 6, 7, 8}), heap.buffer(0, 8));
            assertThrows(IndexOutOfBoundsException.class, () -> device.copy(x, 5, y, 0, 4));
            assertThrows(IndexOutOfBoundsException.class, () -> device.copy(x, 0, y, 0, -1));
        }
    }

    /** An address of another device would be read as one of the host's. */
    /** Once the bytes of a model's weights were all copied to direct memory on their way, which only the collector frees. */
    @Test
    void largeArraysAreCopiedInPieces() {
        byte[] bytes = new byte[5_000_001];
        new Random(1).nextBytes(bytes);
        long direct = directBytes();
        try (Memory memory = device.allocate(bytes.length + 3)) {
            memory.write(2, ByteBuffer.wrap(bytes, 1, bytes.length - 1));
            var back = ByteBuffer.allocate(bytes.length - 1);
            memory.read(2, back);
            assertEquals(ByteBuffer.wrap(bytes, 1, bytes.length - 1), back.flip());
        }
        assertTrue(directBytes() - direct < bytes.length, "direct bytes: " + (directBytes() - direct));
    }

    private static long directBytes() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    @Test
    void memoryOfAnotherDeviceIsNotCopied() {
        try (Memory x = device.allocate(8);
                Memory far = new FarDevice("far:0", device).allocate(8)) {
            assertThrows(IllegalArgumentException.class, () -> device.copy(x, 0, far, 0, 8));
            assertThrows(IllegalArgumentException.class, () -> device.copy(far, 0, x, 0, 8));
        }
    }

    @Test
    void closedMemoryIsNotCopied() {
        Memory x = device.allocate(8);
        try (Memory y = device.allocate(8)) {
            x.close();
            assertThrows(IllegalStateException.class, () -> device.copy(x, 0, y, 0, 8));
            assertThrows(IllegalStateException.class, () -> device.copy(y, 0, x, 0, 8));
        }
    }

    /** The first failure stays the cause of all that follow. */
    @Test
    void aLostDeviceRemembersWhatTookIt() {
        var lost = new NativeDevice("cpu");
        var first = new DeviceException("matmul.f32", DeviceException.Code.DEVICE_LOST, "first");
        assertSame(first, lost.lost(first).getCause());
        var second = new DeviceException("softmax.f32", DeviceException.Code.DEVICE_LOST, "second");
        assertSame(first, lost.lost(second).getCause());
        assertEquals("softmax.f32", lost.lost(second).kernel());
    }

    @Test
    void tooMuchMemoryIsRefusedAndTheDeviceStaysUsable() {
        var failure = assertThrows(OutOfMemoryException.class, () -> device.allocate(1L << 45));
        assertEquals(1L << 45, failure.requested());
        assertThrows(OutOfMemoryException.class, () -> device.allocate(Long.MAX_VALUE));
        assertThrows(IllegalArgumentException.class, () -> device.allocate(-1));
        device.allocate(64).close();
    }

    @Test
    void forgottenMemoryIsFreedOnceItsBuffersAreForgottenToo() throws InterruptedException {
        ByteBuffer kept = device.allocate(1000).buffer(0, 1000).slice(8, 8);
        device.allocate(500).buffer(0, 1);
        device.allocate(250);
        awaitLiveBytes(before + 1000);
        kept.putLong(0, 42);
        assertEquals(42, kept.getLong(0));
        kept = null;
        awaitLiveBytes(before);
    }

    private void awaitLiveBytes(long expected) throws InterruptedException {
        for (int i = 0; i < 200 && device.liveBytes() != expected; i++) {
            System.gc();
            Thread.sleep(10);
        }
        assertEquals(expected, device.liveBytes());
    }

    @Test
    void closingUnderLaunchesNeverFreesUnderThem() throws InterruptedException {
        for (int round = 0; round < 500; round++) {
            Memory x = device.allocate(64);
            Memory y = device.allocate(64);
            Thread closer = new Thread(x::close);
            closer.start();
            try {
                for (int i = 0; i < 100; i++) {
                    softmax(x, y);
                }
            } catch (IllegalStateException e) {
                assertEquals("memory of 64 bytes is closed", e.getMessage());
            }
            closer.join();
            y.close();
        }
    }

    @Test
    void theNthAllocationFails() {
        Native.sx_fail_allocation(device.handle(), 2);
        Memory first = device.allocate(64);
        assertThrows(OutOfMemoryException.class, () -> device.allocate(64));
        device.allocate(64).close();
        first.close();
    }

    @Test
    void aKernelNamesItselfAndTheReason() {
        try (Memory x = device.allocate(64)) {
            TensorType type = TensorType.of(DType.FLOAT32, 16);
            Launch launch = Launch.of("softmax", DType.FLOAT32).input(0).output(0);
            var failure = assertThrows(
                    DeviceException.class,
                    () -> device.launch(launch, List.of(type), new Memory[] {x}, List.of(type), new Memory[] {x}));
            assertEquals("softmax.f32: expects 3 parameters, got 0", failure.getMessage());
            assertEquals(DeviceException.Code.INVALID, failure.code());
        }
    }

    @Test
    void onlyThreadsOfTheHostGetScratchMemoryOfTheirOwn() {
        Launch launch = Launch.ofKey("nothing.f32").scratch(64L).scratchPerThread(128);
        for (Device each : TestDevices.all()) {
            if (each instanceof NativeDevice ours) {
                assertEquals(ours.onHost() ? 64 + 3 * 128 : 64, ours.scratch(launch, 3), ours.name());
            }
        }
    }

    @Test
    void anUnknownKernelIsNamed() {
        var failure = assertThrows(
                DeviceException.class,
                () -> device.launch(Launch.ofKey("nothing.f32"), List.of(), new Memory[0], List.of(), new Memory[0]));
        assertTrue(failure.getMessage().contains("nothing.f32"), failure.getMessage());
    }

    private void softmax(Memory x, Memory y) {
        TensorType type = TensorType.of(DType.FLOAT32, 16);
        device.launch(
                Launch.of("softmax", DType.FLOAT32).input(0).output(0).params(1, 16, 1),
                List.of(type),
                new Memory[] {x},
                List.of(type),
                new Memory[] {y});
    }
}

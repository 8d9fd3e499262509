package io.sardonyx.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.tensor.TensorType;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which launch a device takes, and what failures of devices say. */
class LaunchTest {
    private static final Launch.Pack PACK = new Launch.Pack("pack", 64, List.of());

    private static Optional<String> chosen(Launch launch, String... kernels) {
        return new Keys(Set.of(kernels)).choose(launch).map(Launch::kernel);
    }

    private static Launch threeForms() {
        return Launch.ofKey("packed")
                .packed(0, PACK)
                .otherwise(Launch.ofKey("tiled").otherwise(Launch.ofKey("plain")));
    }

    @Test
    void aDeviceTakesTheFirstFormThatItHas() {
        assertEquals(Optional.of("packed"), chosen(threeForms(), "pack", "packed", "tiled", "plain"));
        assertEquals(Optional.of("tiled"), chosen(threeForms(), "tiled", "plain"));
        assertEquals(Optional.of("plain"), chosen(threeForms(), "plain"));
        assertEquals(Optional.empty(), chosen(threeForms(), "another"));
    }

    @Test
    void aFormWhosePackingIsMissingIsPassedOver() {
        assertEquals(Optional.of("plain"), chosen(threeForms(), "packed", "plain"));
    }

    @Test
    void formsFollowInTheOrderOfTheirNaming() {
        Launch launch = Launch.ofKey("a").otherwise(Launch.ofKey("b")).otherwise(Launch.ofKey("c"));
        assertEquals(Optional.of("b"), chosen(launch, "b", "c"));
        assertEquals(Optional.of("c"), chosen(launch, "c"));
    }

    @Test
    void aLostDeviceNamesWhatTookIt() {
        var first = new DeviceException("matmul.f32", DeviceException.Code.DEVICE_LOST, "illegal address", 3);
        var lost = new DeviceLostException("cuda:0", "softmax.f32", first);
        assertEquals("cuda:0 is lost since matmul.f32 failed: illegal address", lost.getMessage());
        assertSame(first, lost.getCause());
        assertEquals("softmax.f32", lost.kernel());
        assertEquals(DeviceException.Code.DEVICE_LOST, lost.code());
    }

    @Test
    void missingMemorySaysWhatIsKnown() {
        var known = new OutOfMemoryException("cuda:0", 100, 50, 80, 60);
        assertTrue(known.getMessage().endsWith("50 are in use, 80 free, 60 at most in one block"), known.getMessage());
        assertEquals(List.of(100L, 80L, 60L), List.of(known.requested(), known.free(), known.largestBlock()));
        var unknown = new OutOfMemoryException("cpu", 100, 50);
        assertTrue(unknown.getMessage().endsWith("50 are in use"), unknown.getMessage());
        assertEquals(List.of(-1L, -1L), List.of(unknown.free(), unknown.largestBlock()));
    }

    /** A device of which only the kernels matter. */
    private record Keys(Set<String> known) implements Device {
        @Override
        public boolean has(String kernel) {
            return known.contains(kernel);
        }

        @Override
        public String name() {
            return "keys";
        }

        @Override
        public String describe() {
            return "kernels " + known;
        }

        @Override
        public Memory allocate(long bytes) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Memory wrap(ByteBuffer buffer) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long liveBytes() {
            return 0;
        }

        @Override
        public int threads() {
            return 1;
        }

        @Override
        public void launch(
                Launch launch, List<TensorType> inputTypes, Memory[] inputs, List<TensorType> types, Memory[] outputs) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Program compile(List<Program.Command> commands, int threads) {
            throw new UnsupportedOperationException();
        }
    }
}

package io.sardonyx.binding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.device.Device;
import io.sardonyx.device.DeviceException;
import io.sardonyx.device.DeviceLostException;
import io.sardonyx.device.Devices;
import io.sardonyx.device.Launch;
import io.sardonyx.device.Memory;
import io.sardonyx.device.Program;
import io.sardonyx.device.Program.Command;
import io.sardonyx.device.Program.Operand;
import io.sardonyx.device.Program.Place;
import io.sardonyx.device.RunControl;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.Tensor;
import io.sardonyx.tensor.TensorScope;
import io.sardonyx.tensor.TensorType;
import io.sardonyx.testkit.FarDevice;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.function.Executable;

/** What {@link DeviceTroubleTest} looks at in JVMs of their own: {@code DeviceTrouble WHAT}. */
final class DeviceTrouble {
    private static final TensorType TYPE = TensorType.of(DType.FLOAT32, 4096);
    private static final String TRAPPED =
            "fault.trap: the kernel trapped (thread [0, 0, 0] of block [0, 0, 0], schedule ";

    private DeviceTrouble() {}

    public static void main(String[] what) throws Throwable {
        Map<String, Executable> all = Map.of(
                "lost", DeviceTrouble::lost,
                "lostInLaunch", DeviceTrouble::lostInLaunch,
                "lostInReplay", DeviceTrouble::lostInReplay,
                "old", DeviceTrouble::old,
                "hopper", DeviceTrouble::hopper,
                "between", DeviceTrouble::between,
                "mixed", DeviceTrouble::mixed);
        all.get(what[0]).execute();
    }

    private static ByteBuffer values(float value) {
        ByteBuffer values = ByteBuffer.allocateDirect((int) TYPE.byteSize()).order(ByteOrder.nativeOrder());
        while (values.hasRemaining()) {
            values.putFloat(value);
        }
        return values.flip();
    }

    private static Memory filled(Device device, float value) {
        Memory memory = device.allocate(TYPE.byteSize());
        memory.write(0, values(value));
        return memory;
    }

    private static void launch(Device device, String kernel, Memory x, Memory y) {
        device.launch(
                Launch.ofKey(kernel).output(0).output(1), List.of(), new Memory[0], List.of(TYPE, TYPE), new Memory[] {
                    x, y
                });
    }

    private static void softmax(Device device, Memory x, Memory y) {
        device.launch(
                Launch.of("softmax", DType.FLOAT32).input(0).output(0).params(1, 4096, 1),
                List.of(TYPE),
                new Memory[] {x},
                List.of(TYPE),
                new Memory[] {y});
    }

    private static DeviceLostException requireLost(Device device, Executable use) {
        DeviceLostException lost = assertThrows(DeviceLostException.class, use);
        assertEquals(device.name(), lost.device());
        assertEquals(DeviceException.Code.DEVICE_LOST, lost.code());
        assertTrue(lost.getCause().getMessage().contains(TRAPPED), lost::toString);
        assertTrue(lost.getMessage().startsWith(device.name() + " is lost since "), lost::toString);
        return lost;
    }

    private static Program softmaxes(Device device, String second) {
        Optional<Operand> x = Optional.of(new Operand(TYPE, new Place(0, 0)));
        Optional<Operand> y = Optional.of(new Operand(TYPE, new Place(1, 0)));
        return device.compile(
                List.of(
                        new Command("softmax.f32", List.of(x, y), new long[] {1, 4096, 1}, Optional.empty(), 0),
                        new Command(second, List.of(x, y), new long[0], Optional.empty(), 0)),
                1);
    }

    /** Everything that can be asked of a device, after a kernel has trapped. */
    private static void lost() {
        Device device = Devices.get("sim:0");
        Memory x = filled(device, -1);
        Memory y = filled(device, 1);
        Program program = softmaxes(device, "fault.trap");
        long[] bases = {x.address(), y.address()};
        launch(device, "fault.trap", x, y);
        ByteBuffer bytes = ByteBuffer.allocateDirect((int) TYPE.byteSize());
        Throwable first =
                requireLost(device, () -> x.read(0, bytes.duplicate())).getCause();
        List<Executable> uses = List.of(
                () -> x.read(0, bytes.duplicate()),
                () -> x.write(0, bytes.duplicate()),
                () -> x.write(0, ByteBuffer.allocate(16)),
                () -> device.copy(x, 0, y, 0, 16),
                () -> device.allocate(64),
                () -> device.allocate(1L << 45),
                () -> softmax(device, x, y),
                () -> program.run(bases, 0, 1, new RunControl()),
                () -> program.run(bases, 0, 2, new RunControl()),
                () -> device.time(() -> {}),
                () -> Tensor.of(new float[] {1}, 1).to(device));
        for (Executable use : uses) {
            assertSame(first, requireLost(device, use).getCause(), "the first cause stays");
        }
        device.trim();
        program.close();
        x.close();
        y.close();
        assertEquals(0, device.liveBytes());
        assertTrue(device.describe().contains("simulated GPU"));
        works(Devices.get("sim:1"));
        works(Devices.get("cpu"));
    }

    private static void works(Device device) {
        try (TensorScope scope = TensorScope.open()) {
            float[] sums = Tensor.of(new float[] {1, 2, 3}, 3).to(device).add(1).toFloatArray();
            assertArrayEquals(new float[] {2, 3, 4}, sums, device.name());
        }
    }

    /** Where nobody has waited yet, a launch is the first that CUDA refuses; once that was an INTERNAL failure of its kernel. */
    private static void lostInLaunch() {
        Device device = Devices.get("sim:0");
        Device other = new NativeDevice("sim:0"); // the same GPU
        Memory x = filled(device, -1);
        Memory y = filled(device, 1);
        Memory z = filled(other, 1);
        launch(device, "fault.trap", x, y);
        assertThrows(DeviceLostException.class, () -> x.read(0, ByteBuffer.allocate(4)));
        var lost = assertThrows(DeviceLostException.class, () -> softmax(other, z, z));
        assertTrue(lost.getMessage().startsWith("sim:0 is lost since softmax.f32 failed: "), lost::getMessage);
        var again = assertThrows(DeviceLostException.class, () -> z.write(0, ByteBuffer.allocate(4)));
        assertSame(lost.getCause(), again.getCause());
    }

    /** A graph that was fine so far; the data makes it trap. */
    private static void lostInReplay() {
        Device device = Devices.get("sim:0");
        Memory x = filled(device, 1);
        Memory y = filled(device, 1);
        Program program = softmaxes(device, "fault.trap");
        long[] bases = {x.address(), y.address()};
        for (int run = 0; run < 3; run++) {
            program.run(bases, 0, 2, new RunControl());
        }
        x.write(0, values(-1));
        Executable run = () -> program.run(bases, 0, 2, new RunControl());
        assertSame(requireLost(device, run).getCause(), requireLost(device, run).getCause());
    }

    private static void old() {
        var refused = assertThrows(IllegalArgumentException.class, () -> Devices.get("sim:0"));
        String reason = "compute capability 7.5; 8.0 and newer are supported";
        assertTrue(refused.getMessage().contains(reason), refused::getMessage);
        assertEquals(
                1,
                Devices.problems().stream()
                        .filter(line -> line.startsWith("sim:0: ") && line.contains(reason))
                        .count(),
                Devices.problems()::toString);
        works(Devices.get("cpu"));
    }

    private static void hopper() {
        Device device = Devices.get("sim:0");
        try (Memory x = filled(device, 1);
                Memory y = filled(device, 1)) {
            var refused = assertThrows(DeviceException.class, () -> launch(device, "primitive.wgmma.bf16.n8", x, y));
            assertEquals(DeviceException.Code.UNSUPPORTED, refused.code());
            String capability =
                    String.join(".", System.getenv("SARDONYX_SIM_CAPABILITY").split(""));
            assertEquals(
                    "primitive.wgmma.bf16.n8: needs compute capability 9.0, the device has " + capability,
                    refused.getMessage());
        }
        works(device);
    }

    private static void between() {
        Device a = Devices.get("sim:0");
        Device b = Devices.get("sim:1");
        Device c = Devices.get("sim:2");
        assertTrue(a.reaches(b) && !a.reaches(new FarDevice("far:0", Devices.get("cpu"))));
        byte[] bytes = new byte[3_000_001];
        new Random(1).nextBytes(bytes);
        try (Memory x = a.allocate(bytes.length);
                Memory y = b.allocate(bytes.length);
                Memory z = c.allocate(bytes.length)) {
            x.write(0, ByteBuffer.wrap(bytes));
            b.copy(y, 1, x, 0, bytes.length - 1L); // fetched
            b.copy(z, 0, y, 1, bytes.length - 1L); // brought
            a.copy(z, bytes.length - 1L, x, bytes.length - 1L, 1);
            c.copy(y, 0, z, 0, 0);
            ByteBuffer back = ByteBuffer.allocate(bytes.length);
            z.read(0, back);
            assertEquals(ByteBuffer.wrap(bytes), back.flip());
            assertThrows(IndexOutOfBoundsException.class, () -> a.copy(x, 2, y, 0, bytes.length - 1L));
        }
        try (Memory x = filled(a, 1);
                Memory y = filled(b, 1)) { // behind what was launched on the other
            softmax(a, x, x);
            b.copy(y, 0, x, 0, TYPE.byteSize());
            x.write(0, values(2));
            ByteBuffer back = values(0);
            y.read(0, back);
            assertEquals(1 / 4096f, back.getFloat(4 * 4095));
        }
        try (Memory x = filled(b, 1);
                Memory near = filled(Devices.get("cpu"), 5)) { // by a device that has none of both
            c.copy(x, 0, near, 0, 8);
            near.write(0, values(0));
            a.copy(near, 8, x, 0, TYPE.byteSize() - 8);
            assertEquals(5, near.buffer(8, 4).getFloat(0));
            assertEquals(1, near.buffer(16, 4).getFloat(0));
        }
        try (TensorScope scope = TensorScope.open()) {
            Tensor there = Tensor.arange(DType.INT32, 12).to(a).get("3:9").to(b);
            assertSame(b, there.device());
            assertArrayEquals(new long[] {3, 4, 5, 6, 7, 8}, there.toLongArray());
            assertArrayEquals(
                    new long[] {3, 4, 5, 6, 7, 8},
                    there.to(Devices.get("reference")).to(c).toLongArray());
        }
        for (Device device : List.of(a, b, c)) {
            assertEquals(0, device.liveBytes(), device.name());
        }
    }

    private static void mixed() {
        Device a = Devices.get("sim:0");
        Device b = Devices.get("sim:1");
        try (TensorScope scope = TensorScope.open()) {
            Tensor x = Tensor.of(new float[] {1, 2}, 2).to(a);
            Tensor y = Tensor.of(new float[] {3, 4}, 2).to(b);
            var refused = assertThrows(IllegalArgumentException.class, () -> x.add(y));
            assertTrue(
                    refused.getMessage().endsWith("operands are on sim:0 and sim:1; bring them together with to()"),
                    refused::getMessage);
            assertArrayEquals(new float[] {4, 6}, x.add(y.to(a)).toFloatArray());
        }
        try (Memory x = filled(a, 1);
                Memory y = filled(b, 1);
                Program program = softmaxes(a, "correct.read_behind_end")) {
            var refused = assertThrows(IllegalArgumentException.class, () -> softmax(a, x, y));
            assertTrue(refused.getMessage().contains("not this device's"), refused::getMessage);
            var failure = assertThrows(
                    DeviceException.class,
                    () -> program.run(new long[] {x.address(), y.address()}, 0, 1, new RunControl()));
            assertEquals("sx_run: memory of GPU 1 is given to sim:0; copy it there first", failure.getMessage());
            softmax(a, x, x);
        }
    }
}

package io.sardonyx.binding;

import io.sardonyx.device.Device;
import io.sardonyx.device.DeviceException;
import io.sardonyx.device.Devices;
import io.sardonyx.device.Launch;
import io.sardonyx.device.Memory;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Runs the kernels of kernels/cuda/lab/broken on the simulated GPU, each on schedule after schedule until one fails, and prints
 * for each its key, and behind a tab the first failure.
 */
final class BrokenKernels {
    private static final int SCHEDULES = 8;
    private static final int VALUES = 4096;
    private static final TensorType TYPE = TensorType.of(DType.FLOAT32, VALUES);

    private BrokenKernels() {}

    public static void main(String[] arguments) {
        var device = (NativeDevice) Devices.get("sim:0");
        IntStream.range(0, Native.sx_kernel_count(device.handle()))
                .mapToObj(i -> Native.sx_kernel_key(device.handle(), i))
                .filter(key -> key.startsWith("broken.") || key.startsWith("correct."))
                .forEach(key -> System.out.println(key + "\t" + firstFailure(device, key)));
    }

    private static String firstFailure(Device device, String key) {
        for (int i = 0; i < SCHEDULES; i++) {
            try {
                run(device, key);
            } catch (DeviceException e) {
                return e.code() + " " + e.getMessage();
            }
        }
        return "";
    }

    /** x holds ones; y is not written by anybody. */
    private static void run(Device device, String key) {
        ByteBuffer ones = ByteBuffer.allocateDirect(4 * VALUES).order(ByteOrder.nativeOrder());
        IntStream.range(0, VALUES).forEach(i -> ones.putFloat(4 * i, 1));
        try (Memory x = device.allocate(4 * VALUES);
                Memory y = device.allocate(4 * VALUES)) {
            x.write(0, ones);
            device.launch(
                    Launch.ofKey(key).output(0).output(1), List.of(), new Memory[0], List.of(TYPE, TYPE), new Memory[] {
                        x, y
                    });
            y.read(0, ones.clear());
        }
    }
}

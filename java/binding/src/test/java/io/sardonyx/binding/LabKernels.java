package io.sardonyx.binding;

import io.sardonyx.device.Device;
import io.sardonyx.device.DeviceException;
import io.sardonyx.device.Devices;
import io.sardonyx.device.Launch;
import io.sardonyx.device.Memory;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.TensorType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Kernels of kernels/cuda/lab with two tensors, on the checked simulator: in a JVM of its own, since a process has the one simulator
 * or the other. Each runs on schedule after schedule until one fails.
 */
final class LabKernels {
    static final int SCHEDULES = 8;

    private static final int VALUES = 4096;
    private static final TensorType TYPE = TensorType.of(DType.FLOAT32, VALUES);

    private LabKernels() {}

    /** What came of it: by key the first failure or nothing, and what the simulator printed. */
    record Findings(Map<String, String> failures, List<String> printed) {}

    /** Runs all kernels whose keys begin like this. */
    static Findings run(Path folder, Map<String, String> environment, String... prefixes)
            throws IOException, InterruptedException {
        OwnJvm.Printed printed =
                OwnJvm.run(folder, environment, List.of("-Dsardonyx.sim=checked"), LabKernels.class, prefixes);
        Map<String, String> failures = new TreeMap<>();
        for (String line : printed.out()) {
            String[] parts = line.split("\t", 2);
            failures.put(parts[0], parts[1]);
        }
        return new Findings(failures, printed.errors());
    }

    /** Prints for each kernel its key, and behind a tab the first failure. */
    public static void main(String[] prefixes) {
        var device = (NativeDevice) Devices.get("sim:0");
        IntStream.range(0, Native.sx_kernel_count(device.handle()))
                .mapToObj(i -> Native.sx_kernel_key(device.handle(), i))
                .filter(key -> Arrays.stream(prefixes).anyMatch(key::startsWith))
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

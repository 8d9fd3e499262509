package io.sardonyx.selftest;

import io.sardonyx.device.Device;
import io.sardonyx.device.Launch;
import io.sardonyx.device.Memory;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;

/** Every kernel {@code primitive.*}: it leaves what a primitive gave in one tensor, and what plain code says in another. */
final class PrimitiveCases {
    private static final String PREFIX = "primitive.";
    private static final TensorType TYPE = TensorType.of(DType.FLOAT32, 4096);

    private PrimitiveCases() {}

    static void run(Device device, Cases cases) {
        List<String> keys =
                device.kernels().stream().filter(key -> key.startsWith(PREFIX)).toList();
        if (keys.isEmpty()) {
            cases.run("primitives", () -> Outcome.leftOut("primitives", device.name() + " has no kernels primitive.*"));
        }
        keys.forEach(key -> cases.run(key, () -> check(device, key)));
    }

    private static Outcome check(Device device, String key) {
        try (Memory actual = device.allocate(TYPE.byteSize());
                Memory expected = device.allocate(TYPE.byteSize())) {
            device.launch(
                    Launch.ofKey(key).output(0).output(1), List.of(), new Memory[0], List.of(TYPE, TYPE), new Memory[] {
                        actual, expected
                    });
            return compare(key, HostTensor.read(TYPE, actual, 0), HostTensor.read(TYPE, expected, 0));
        }
    }

    private static Outcome compare(String key, HostTensor actual, HostTensor expected) {
        boolean anything = false;
        int wrong = 0;
        String first = "";
        for (int i = 0; i < actual.size(); i++) {
            double is = actual.getDouble(i);
            double should = expected.getDouble(i);
            anything |= is != 0;
            if (Double.compare(is, should) != 0) {
                first = wrong++ == 0 ? "value " + i + ": expected " + should + ", given " + is : first;
            }
        }
        if (wrong > 0) {
            return Outcome.fail(key, first + (wrong > 1 ? ", and " + (wrong - 1) + " more" : ""));
        }
        return anything ? Outcome.pass(key) : Outcome.fail(key, "it wrote nothing");
    }
}

package io.sardonyx.binding;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sardonyx.device.Devices;
import org.junit.jupiter.api.Assumptions;

/** The native device for tests; where natives were built it must be there. */
final class Natives {
    private Natives() {}

    static NativeDevice cpu() {
        Assumptions.assumeTrue(
                NativeLibrary.class.getResource(NativeFiles.platform() + "/" + NativeLibrary.FILES.get(1)) != null,
                "the natives were left out of the build");
        assertEquals("cpu", Devices.best().name(), () -> "the natives are there: " + Devices.problems());
        return (NativeDevice) Devices.best();
    }
}

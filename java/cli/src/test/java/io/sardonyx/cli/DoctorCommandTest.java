package io.sardonyx.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.device.Device;
import io.sardonyx.device.Devices;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What the machine is said to offer, and why it does not offer more. */
class DoctorCommandTest {
    private static List<String> doctor(String... options) {
        Object[] arguments = new Object[options.length + 1];
        arguments[0] = "doctor";
        System.arraycopy(options, 0, arguments, 1, options.length);
        return CommandLineRun.execute(0, arguments).lines().toList();
    }

    private static boolean packed(String library) {
        return Device.class.getResource("/io/sardonyx/binding/linux-x86_64/" + library) != null;
    }

    @Test
    void everyDeviceHasALine() {
        List<String> lines = doctor();
        for (Device device : Devices.all()) {
            assertTrue(lines.contains("device   " + device.name() + ": " + device.describe()), lines::toString);
        }
        assertEquals(
                Devices.problems().size(),
                lines.stream().filter(line -> line.startsWith("missing  ")).count());
    }

    @Test
    void aGpuSaysWhatItIs() {
        Assumptions.assumeTrue(packed("libsardonyx_sim.so"), "skipped: there is no simulated GPU");
        String expected =
                "device   sim:0: simulated GPU 0, schedules from \\d+ on, compute capability 9\\.0, 4 processors, "
                        + "4 GiB, driver for CUDA 13\\.0, \\d+ kernels.*";
        List<String> lines = doctor();
        assertEquals(1, lines.stream().filter(line -> line.matches(expected)).count(), lines::toString);
        String json = String.join("\n", doctor("--json"));
        assertTrue(json.contains("\"sim:0\": \"simulated GPU 0, "), json);
    }

    @Test
    void aMissingDriverIsTheReason() {
        Assumptions.assumeTrue(packed("libsardonyx_cuda.so"), "skipped: built without nvcc");
        Assumptions.assumeTrue(!Files.exists(Path.of("/proc/driver/nvidia")), "skipped: there is an NVIDIA driver");
        String expected = "missing  cuda: no GPU: there is no NVIDIA driver; 580 or newer is needed";
        List<String> lines = doctor();
        assertEquals(1, lines.stream().filter(expected::equals).count(), lines::toString);
    }
}

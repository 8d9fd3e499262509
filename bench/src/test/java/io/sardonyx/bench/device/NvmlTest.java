package io.sardonyx.bench.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that finds a stand-in for the driver's library, or none. */
class NvmlTest {
    /** Of one GPU that gets hot and reaches its power limit, and has no persistence mode. */
    private static final String LIBRARY =
            """
            #include <string.h>
            typedef struct gpu *gpu;
            int nvmlInit_v2(void) { return 0; }
            int nvmlShutdown(void) { return 0; }
            const char *nvmlErrorString(int status) { return status == 6 ? "Not Found" : "?"; }
            int nvmlDeviceGetHandleByPciBusId_v2(const char *id, gpu *device) {
              *device = (gpu)8;
              return strcmp(id, "0000:1B:00.0") ? 6 : 0;
            }
            int nvmlDeviceGetClockInfo(gpu device, int kind, unsigned *mhz) {
              *mhz = kind == 1 ? 1755 : kind == 2 ? 2619 : 0;
              return device != (gpu)8;
            }
            int nvmlDeviceGetMaxClockInfo(gpu device, int kind, unsigned *mhz) { *mhz = 1980; return kind != 1; }
            int nvmlDeviceGetCurrentClocksThrottleReasons(gpu device, unsigned long long *reasons) {
              *reasons = 0x4 | 0x20 | 0x2;
              return 0;
            }
            int nvmlDeviceGetPowerUsage(gpu device, unsigned *mw) { *mw = 698500; return 0; }
            int nvmlDeviceGetEnforcedPowerLimit(gpu device, unsigned *mw) { *mw = 700000; return 0; }
            int nvmlDeviceGetTemperature(gpu device, int sensor, unsigned *celsius) { *celsius = 71; return sensor; }
            int nvmlDeviceGetPersistenceMode(gpu device, unsigned *on) { return 3; }
            int nvmlDeviceGetName(gpu device, char *name, unsigned length) { strcpy(name, "Stand-in 1"); return 0; }
            int nvmlSystemGetDriverVersion(char *version, unsigned length) { strcpy(version, "580.1"); return 0; }
            """;

    /** Prints what a sensor says, or why there is none. */
    static final class Reader {
        public static void main(String[] args) {
            try (GpuSensor sensor = Nvml.open(args[0])) {
                System.out.println(sensor.describe());
                System.out.println(sensor.read());
            } catch (LibraryMissingException e) {
                System.out.println("missing: " + e.getMessage());
            }
        }
    }

    private static String run(Path folder, String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("LD_LIBRARY_PATH", folder.toString());
        Process process = builder.start();
        process.getOutputStream().close();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(1, TimeUnit.MINUTES), text);
        return text;
    }

    private static String read(Path folder, String busId) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-cp",
                System.getProperty("java.class.path"),
                Reader.class.getName(),
                busId));
        if (Runtime.version().feature() >= 24) { // which would warn in what the child prints
            command.add(1, "--enable-native-access=ALL-UNNAMED");
        }
        return run(folder, command.toArray(String[]::new));
    }

    private static Path standIn(Path folder) throws IOException, InterruptedException {
        boolean compiler = false;
        for (String path : System.getenv("PATH").split(File.pathSeparator)) {
            compiler |= Files.isExecutable(Path.of(path, "cc"));
        }
        Assumptions.assumeTrue(compiler, "a C compiler");
        Path source = Files.writeString(folder.resolve("nvml.c"), LIBRARY);
        compile(folder, source, "libnvidia-ml.so.1");
        Path nothing = Files.writeString(folder.resolve("nothing.c"), "");
        compile(folder, nothing, "libcuda.so.1"); // the binding of NVML is linked to these and calls nothing there
        compile(folder, nothing, "libcudart.so.13");
        return folder;
    }

    private static void compile(Path folder, Path source, String library) throws IOException, InterruptedException {
        String to = folder.resolve(library).toString();
        assertEquals("", run(folder, "cc", "-shared", "-fPIC", "-w", "-o", to, source.toString()));
    }

    @Test
    void clocksAndWhatHoldsThemBack(@TempDir Path folder) throws IOException, InterruptedException {
        assertEquals(
                "Stand-in 1, driver 580.1, SM clock at most 1980 MHz, power limit 700 W, clocks set by the user\n"
                        + new GpuSensor.Reading(1755, 2619, true, true, 698.5, 71) + "\n",
                read(standIn(folder), "0000:1B:00.0"));
    }

    @Test
    void anotherGpuIsNotThere(@TempDir Path folder) throws IOException, InterruptedException {
        assertEquals(
                "missing: nvmlDeviceGetHandleByPciBusId 0000:01:00.0: Not Found\n",
                read(standIn(folder), "0000:01:00.0"));
    }

    @Test
    void noDriverIsSaidInOneLine(@TempDir Path folder) throws IOException, InterruptedException {
        Assumptions.assumeFalse(Files.exists(Path.of("/proc/driver/nvidia")), "a host with a driver has the library");
        String text = read(folder, "0000:1B:00.0");
        assertTrue(
                text.startsWith("missing: libnvidia-ml.so.1: ") && text.lines().count() == 1, text);
    }
}

package io.sardonyx.bench.device;

import static org.bytedeco.cuda.global.nvml.NVML_CLOCK_MEM;
import static org.bytedeco.cuda.global.nvml.NVML_CLOCK_SM;
import static org.bytedeco.cuda.global.nvml.NVML_ERROR_NOT_SUPPORTED;
import static org.bytedeco.cuda.global.nvml.NVML_SUCCESS;
import static org.bytedeco.cuda.global.nvml.NVML_TEMPERATURE_GPU;
import static org.bytedeco.cuda.global.nvml.nvmlClocksEventReasonApplicationsClocksSetting;
import static org.bytedeco.cuda.global.nvml.nvmlClocksEventReasonSwPowerCap;
import static org.bytedeco.cuda.global.nvml.nvmlClocksEventReasonSwThermalSlowdown;
import static org.bytedeco.cuda.global.nvml.nvmlClocksThrottleReasonHwPowerBrakeSlowdown;
import static org.bytedeco.cuda.global.nvml.nvmlClocksThrottleReasonHwSlowdown;
import static org.bytedeco.cuda.global.nvml.nvmlClocksThrottleReasonHwThermalSlowdown;
import static org.bytedeco.cuda.global.nvml.nvmlDeviceGetClockInfo;
import static org.bytedeco.cuda.global.nvml.nvmlDeviceGetCurrentClocksThrottleReasons;
import static org.bytedeco.cuda.global.nvml.nvmlDeviceGetEnforcedPowerLimit;
import static org.bytedeco.cuda.global.nvml.nvmlDeviceGetHandleByPciBusId_v2;
import static org.bytedeco.cuda.global.nvml.nvmlDeviceGetMaxClockInfo;
import static org.bytedeco.cuda.global.nvml.nvmlDeviceGetName;
import static org.bytedeco.cuda.global.nvml.nvmlDeviceGetPersistenceMode;
import static org.bytedeco.cuda.global.nvml.nvmlDeviceGetPowerUsage;
import static org.bytedeco.cuda.global.nvml.nvmlDeviceGetTemperature;
import static org.bytedeco.cuda.global.nvml.nvmlErrorString;
import static org.bytedeco.cuda.global.nvml.nvmlInit_v2;
import static org.bytedeco.cuda.global.nvml.nvmlShutdown;
import static org.bytedeco.cuda.global.nvml.nvmlSystemGetDriverVersion;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.OptionalInt;
import org.bytedeco.cuda.global.nvml;
import org.bytedeco.cuda.nvml.nvmlDevice_st;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerPointer;

/** The sensor that comes with the driver, {@code libnvidia-ml.so.1}. */
public final class Nvml implements GpuSensor {
    private static final long HELD_BACK = nvmlClocksThrottleReasonHwSlowdown
            | nvmlClocksThrottleReasonHwThermalSlowdown
            | nvmlClocksThrottleReasonHwPowerBrakeSlowdown
            | nvmlClocksEventReasonSwThermalSlowdown;
    private static final int TEXT_BYTES = 96;

    private final nvmlDevice_st device;

    private Nvml(nvmlDevice_st device) {
        this.device = device;
    }

    /**
     * @param busId as {@link CudaContext#busId} has it
     * @throws LibraryMissingException if there is no driver, or it says nothing of that GPU
     */
    public static Nvml open(String busId) {
        try {
            Loader.load(nvml.class);
            check(nvmlInit_v2(), "nvmlInit");
        } catch (LinkageError e) {
            throw new LibraryMissingException("libnvidia-ml.so.1: " + e.getMessage());
        }
        try (PointerPointer<nvmlDevice_st> found = new PointerPointer<>(1)) {
            check(nvmlDeviceGetHandleByPciBusId_v2(busId, found), "nvmlDeviceGetHandleByPciBusId " + busId);
            Nvml opened = new Nvml(found.get(nvmlDevice_st.class, 0));
            opened.read();
            return opened;
        } catch (LibraryMissingException e) {
            nvmlShutdown();
            throw e;
        }
    }

    /** A number that NVML gives. */
    private interface Query {
        int get(int[] value);
    }

    /** @throws LibraryMissingException if NVML fails; empty where this GPU has no such number */
    private static OptionalInt ask(String what, Query query) {
        int[] value = new int[1];
        int status = query.get(value);
        if (status == NVML_ERROR_NOT_SUPPORTED) {
            return OptionalInt.empty();
        }
        check(status, what);
        return OptionalInt.of(value[0]);
    }

    private int clock(int kind) {
        int[] value = new int[1];
        check(nvmlDeviceGetClockInfo(device, kind, value), "nvmlDeviceGetClockInfo");
        return value[0];
    }

    /** @throws LibraryMissingException if NVML does not say the clocks and what holds them back; power and heat are 0 then */
    @Override
    public Reading read() {
        long[] reasons = new long[1];
        check(nvmlDeviceGetCurrentClocksThrottleReasons(device, reasons), "nvmlDeviceGetCurrentClocksThrottleReasons");
        return new Reading(
                clock(NVML_CLOCK_SM),
                clock(NVML_CLOCK_MEM),
                (reasons[0] & HELD_BACK) != 0,
                (reasons[0] & nvmlClocksEventReasonSwPowerCap) != 0,
                ask("nvmlDeviceGetPowerUsage", v -> nvmlDeviceGetPowerUsage(device, v))
                                .orElse(0)
                        / 1e3,
                ask("nvmlDeviceGetTemperature", v -> nvmlDeviceGetTemperature(device, NVML_TEMPERATURE_GPU, v))
                        .orElse(0));
    }

    @Override
    public String describe() {
        byte[] name = new byte[TEXT_BYTES];
        byte[] driver = new byte[TEXT_BYTES];
        check(nvmlDeviceGetName(device, name, name.length), "nvmlDeviceGetName");
        check(nvmlSystemGetDriverVersion(driver, driver.length), "nvmlSystemGetDriverVersion");
        int[] sm = new int[1];
        check(nvmlDeviceGetMaxClockInfo(device, NVML_CLOCK_SM, sm), "nvmlDeviceGetMaxClockInfo");
        long[] reasons = new long[1];
        check(nvmlDeviceGetCurrentClocksThrottleReasons(device, reasons), "nvmlDeviceGetCurrentClocksThrottleReasons");
        OptionalInt persistence = ask("nvmlDeviceGetPersistenceMode", v -> nvmlDeviceGetPersistenceMode(device, v));
        OptionalInt milliwatts =
                ask("nvmlDeviceGetEnforcedPowerLimit", v -> nvmlDeviceGetEnforcedPowerLimit(device, v));
        StringBuilder text = new StringBuilder(text(name))
                .append(", driver ")
                .append(text(driver))
                .append(", SM clock at most ")
                .append(sm[0])
                .append(" MHz");
        persistence.ifPresent(on -> text.append(", persistence mode ").append(on == 0 ? "off" : "on"));
        milliwatts.ifPresent(limit -> text.append(String.format(Locale.ROOT, ", power limit %.0f W", limit / 1e3)));
        if ((reasons[0] & nvmlClocksEventReasonApplicationsClocksSetting) != 0) {
            text.append(", clocks set by the user");
        }
        return text.toString();
    }

    private static String text(byte[] bytes) {
        int length = 0;
        while (length < bytes.length && bytes[length] != 0) {
            length++;
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    private static void check(int status, String what) {
        if (status != NVML_SUCCESS) {
            throw new LibraryMissingException(
                    what + ": " + nvmlErrorString(status).getString());
        }
    }

    @Override
    public void close() {
        nvmlShutdown();
    }
}

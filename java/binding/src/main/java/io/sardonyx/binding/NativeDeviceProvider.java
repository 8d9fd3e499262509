package io.sardonyx.binding;

import io.sardonyx.device.Device;
import io.sardonyx.device.DeviceProvider;
import java.util.ArrayList;
import java.util.List;

/** Offers {@code cpu}, {@code cuda:N} and {@code sim:N}, as far as their native libraries load; where one does not, the reasons. */
public final class NativeDeviceProvider implements DeviceProvider {
    private static final class Found {
        static final NativeDeviceProvider HERE = new NativeDeviceProvider(new ArrayList<>(), new ArrayList<>()).open();
    }

    private final List<Device> devices;
    private final List<String> problems;

    /** What this process found; the library is loaded once. */
    public NativeDeviceProvider() {
        this(Found.HERE.devices, Found.HERE.problems);
    }

    private NativeDeviceProvider(List<Device> devices, List<String> problems) {
        this.devices = devices;
        this.problems = problems;
    }

    private NativeDeviceProvider open() {
        try {
            if (NativeLibrary.load(problems)) {
                Native.sx_device_names().lines().forEach(this::open);
                Native.sx_device_problems().lines().forEach(problems::add);
            }
        } catch (RuntimeException | LinkageError e) {
            problems.add("cpu: " + e.getMessage());
        }
        return this;
    }

    private void open(String name) {
        try {
            devices.add(new NativeDevice(name));
        } catch (RuntimeException e) {
            problems.add(name + ": " + e.getMessage());
        }
    }

    @Override
    public List<Device> devices() {
        return List.copyOf(devices);
    }

    @Override
    public List<String> problems() {
        return List.copyOf(problems);
    }
}

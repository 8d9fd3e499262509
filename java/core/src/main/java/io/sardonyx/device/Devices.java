package io.sardonyx.device;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** The devices of this machine: the reference, and those that providers on the class path offer. */
public final class Devices {
    private static final class Found {
        static final Devices HERE = new Devices();
    }

    private final List<Device> all = new ArrayList<>(List.of(ReferenceDevice.INSTANCE));
    private final List<String> problems = new ArrayList<>();

    private Devices() {
        for (DeviceProvider provider : ServiceLoader.load(DeviceProvider.class, Devices.class.getClassLoader())) {
            all.addAll(provider.devices());
            problems.addAll(provider.problems());
        }
    }

    /** All devices, the reference first. */
    public static List<Device> all() {
        return List.copyOf(Found.HERE.all);
    }

    /** Why devices are missing, a line each. */
    public static List<String> problems() {
        return List.copyOf(Found.HERE.problems);
    }

    /** The CPU's native device where it is there, else the reference. */
    public static Device best() {
        return all().stream().filter(d -> d.name().equals("cpu")).findFirst().orElse(ReferenceDevice.INSTANCE);
    }

    /**
     * The device called {@code name}.
     *
     * @throws IllegalArgumentException if there is none, with those that there are and why others are missing
     */
    public static Device get(String name) {
        return all().stream()
                .filter(d -> d.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no device '" + name + "'; there are "
                        + all().stream().map(Device::name).collect(Collectors.joining(", "))
                        + (problems().isEmpty() ? "" : " (" + String.join("; ", problems()) + ")")));
    }
}

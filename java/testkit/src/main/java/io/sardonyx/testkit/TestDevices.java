package io.sardonyx.testkit;

import io.sardonyx.device.Device;
import io.sardonyx.device.Devices;
import java.util.Arrays;
import java.util.List;

/**
 * The devices that tests run on: all, or those that {@code -Dsardonyx.test.devices=sim:0,cpu} names. What that or {@code
 * -Dsardonyx.test.require} names must be there, so that a run meant for a device cannot pass without it. {@code ?sim:0} names
 * one that may be missing, where the natives were left out; {@code !reference} is all but that one.
 */
public final class TestDevices {
    private static final String MAY_BE_MISSING = "?";
    private static final String NOT = "!";

    private TestDevices() {}

    /** @throws IllegalArgumentException if a device is named that is not there, with those that there are */
    public static List<Device> all() {
        return select(
                names("sardonyx.test.devices"), names("sardonyx.test.require"), Devices.all(), Devices.problems());
    }

    private static List<String> names(String property) {
        return Arrays.stream(System.getProperty(property, "").split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList();
    }

    static List<Device> select(List<String> named, List<String> required, List<Device> all, List<String> problems) {
        List<String> only = named.stream().filter(name -> !name.startsWith(NOT)).toList();
        List<String> known = all.stream().map(Device::name).toList();
        boolean nobodyLooked = all.size() == 1 && problems.isEmpty(); // no provider on this class path
        for (List<String> names : List.of(only, required)) {
            for (String name : names) {
                if (!name.startsWith(MAY_BE_MISSING) && !known.contains(name) && !nobodyLooked) {
                    throw new IllegalArgumentException("tests are to run on '" + name
                            + "', which is not there; there are " + known + (problems.isEmpty() ? "" : " " + problems));
                }
            }
        }
        return all.stream()
                .filter(device -> !named.contains(NOT + device.name()))
                .filter(device ->
                        only.isEmpty() || only.contains(device.name()) || only.contains(MAY_BE_MISSING + device.name()))
                .toList();
    }
}

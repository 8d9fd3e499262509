package io.sardonyx.device;

import java.util.List;

/** Found by {@code ServiceLoader}: offers the devices of one native library, or the reasons why there are none. */
public interface DeviceProvider {
    /** The devices that work here. */
    List<Device> devices();

    /** What was tried and did not work, a line each; empty if all is well. */
    List<String> problems();
}

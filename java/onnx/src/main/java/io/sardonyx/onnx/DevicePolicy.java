package io.sardonyx.onnx;

import io.sardonyx.device.Device;
import io.sardonyx.device.Devices;

/** Where a model is to run. */
public sealed interface DevicePolicy {
    /** The device that runs nodes by its kernels. */
    Device device();

    /** Nodes without a kernel on {@code device} run as the reference; {@link Model#placement} says which. */
    record Prefer(Device device) implements DevicePolicy {}

    /** A node without a kernel on {@code device} is an {@link UnsupportedModelException}. */
    record Require(Device device) implements DevicePolicy {}

    static DevicePolicy prefer(Device device) {
        return new Prefer(device);
    }

    static DevicePolicy prefer(String device) {
        return new Prefer(Devices.get(device));
    }

    static DevicePolicy require(Device device) {
        return new Require(device);
    }

    static DevicePolicy require(String device) {
        return new Require(Devices.get(device));
    }
}

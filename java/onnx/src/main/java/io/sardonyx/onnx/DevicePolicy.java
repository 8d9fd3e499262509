package io.sardonyx.onnx;

import io.sardonyx.device.Device;
import io.sardonyx.device.Devices;

/** Where a model is to run. */
public sealed interface DevicePolicy {
    /** The device that runs nodes by its kernels. */
    Device device();

    /** Nodes without a kernel on {@code device} run as the reference; {@link Model#placement} says which. */
    record Prefer(Device device) implements DevicePolicy {}

    /**
     * Nodes without a kernel on {@code device} are an {@link UnsupportedModelException} that lists them, once they are planned: when
     * the model is loaded if its inputs have fixed sizes, else in the first run with inputs of those sizes; what follows a value
     * that only a run can tell, when that is known. What planning folds, and what only renames its input, runs nowhere. If, Loop
     * and Scan are the host's, which picks what runs next; the nodes of their subgraphs are planned, and refused, when it does.
     */
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

package io.sardonyx.bench.device;

import io.sardonyx.device.Device;

/** Times runs of a whole model by the device's clock, one after the other, each awaited. */
public final class ModelTimer {
    private ModelTimer() {}

    /** @param run runs the model once */
    public static Samples time(Device device, Effort effort, Runnable run) {
        return effort.measure(effort.batch(
                1,
                runs -> () -> device.time(() -> {
                    for (int i = 0; i < runs; i++) {
                        run.run();
                    }
                })));
    }
}

package io.sardonyx.onnx;

import io.sardonyx.device.RunControl;
import java.util.HashSet;
import java.util.Set;

/** Stops runs from another thread: those in progress at their next check, later ones at their first. */
public final class Cancellation {
    private final Set<RunControl> runs = new HashSet<>();
    private boolean cancelled;

    /** Stops every run that was given this. */
    public synchronized void cancel() {
        cancelled = true;
        runs.forEach(RunControl::cancel);
    }

    synchronized void begin(RunControl run) {
        runs.add(run);
        if (cancelled) {
            run.cancel();
        }
    }

    synchronized void end(RunControl run) {
        runs.remove(run);
    }
}

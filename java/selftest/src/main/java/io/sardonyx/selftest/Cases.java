package io.sardonyx.selftest;

import io.sardonyx.device.DeviceException;
import java.util.function.Supplier;

/** Where a step tells of its cases, which come in the same order in every run, so that another process can go on behind one. */
interface Cases {
    /** Whether to run this case; then {@link #end} follows. */
    boolean begin(String name);

    void end(Outcome outcome);

    /** Until the step's limit. */
    double secondsLeft();

    default void run(String name, Supplier<Outcome> body) {
        if (begin(name)) {
            end(outcome(name, body));
        }
    }

    private static Outcome outcome(String name, Supplier<Outcome> body) {
        try {
            return body.get();
        } catch (DeviceException e) {
            return e.code() == DeviceException.Code.UNSUPPORTED
                    ? Outcome.leftOut(name, e.getMessage())
                    : Outcome.fail(name, e.toString());
        } catch (RuntimeException | AssertionError | StackOverflowError | OutOfMemoryError e) {
            return Outcome.fail(name, e.toString());
        }
    }
}

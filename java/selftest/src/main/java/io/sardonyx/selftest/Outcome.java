package io.sardonyx.selftest;

import java.util.Map;

/**
 * What became of a case.
 *
 * @param message why it failed or was left out, else empty
 * @param data numbers and names that the case found out
 */
record Outcome(String name, Status status, String message, Map<String, Object> data) {
    enum Status {
        PASS,
        /** The device has no kernel for this; what ran in its place did as it should. */
        NO_KERNEL,
        /** The device, or this machine, cannot do this. */
        LEFT_OUT,
        FAIL
    }

    static Outcome pass(String name) {
        return pass(name, Map.of());
    }

    static Outcome pass(String name, Map<String, Object> data) {
        return new Outcome(name, Status.PASS, "", data);
    }

    static Outcome leftOut(String name, String message) {
        return new Outcome(name, Status.LEFT_OUT, message, Map.of());
    }

    static Outcome fail(String name, String message) {
        return new Outcome(name, Status.FAIL, message, Map.of());
    }
}

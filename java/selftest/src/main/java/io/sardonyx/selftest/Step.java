package io.sardonyx.selftest;

import io.sardonyx.device.Device;

/** A part of the self-test; one process of its own runs it, or several where a case takes the device down. */
enum Step {
    PRIMITIVES(45, 20),
    OPERATORS(170, 30),
    MODELS(75, 60),
    TIMING(170, 60);

    private final int limitSeconds;
    private final int caseSeconds;

    Step(int limitSeconds, int caseSeconds) {
        this.limitSeconds = limitSeconds;
        this.caseSeconds = caseSeconds;
    }

    /** Together less than eight minutes. */
    int limitSeconds() {
        return limitSeconds;
    }

    /** After so long a case is taken for one that never ends. */
    int caseSeconds() {
        return caseSeconds;
    }

    String key() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    void run(Device device, Cases cases) {
        switch (this) {
            case PRIMITIVES -> PrimitiveCases.run(device, cases);
            case OPERATORS -> OperatorCases.run(device, cases);
            case MODELS -> ModelCases.run(device, cases);
            case TIMING -> TimingCases.run(device, cases);
        }
    }
}

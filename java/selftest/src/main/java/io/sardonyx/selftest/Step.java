package io.sardonyx.selftest;

import io.sardonyx.device.Device;

/** A part of the self-test; one process of its own runs it, or several where a case takes the device down. */
enum Step {
    PRIMITIVES(25, 20),
    OPERATORS(155, 30),
    MODELS(50, 45),
    ACCURACY(15, 60),
    ALLREDUCE(20, 60),
    TIMING(85, 60),
    MINILM(60, 60),
    /** Last, since it takes what the others have left. */
    CONV(40, 60);

    /** Less than eight minutes, with what is around the steps. */
    static final int ALL_SECONDS = 450;

    private final int limitSeconds;
    private final int caseSeconds;

    Step(int limitSeconds, int caseSeconds) {
        this.limitSeconds = limitSeconds;
        this.caseSeconds = caseSeconds;
    }

    /** Together {@link #ALL_SECONDS}. */
    int limitSeconds() {
        return limitSeconds;
    }

    /** Whether its cases have times, a line each. */
    boolean isTable() {
        return compareTo(ACCURACY) >= 0;
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
            case OPERATORS -> {
                CollectiveCases.run(device, cases);
                OperatorCases.run(device, cases);
            }
            case MODELS -> ModelCases.run(device, cases);
            case ACCURACY -> AccuracyCases.run(device, cases);
            case ALLREDUCE -> AllReduceCases.run(device, cases);
            case TIMING -> TimingCases.run(device, cases);
            case MINILM -> MiniLmCases.run(device, cases);
            case CONV -> ConvCases.run(device, cases);
        }
    }
}

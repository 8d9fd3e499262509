package io.sardonyx.selftest;

import io.sardonyx.device.Device;
import io.sardonyx.testkit.OperatorTests;
import java.util.Map;

/** All operator tests. */
final class OperatorCases {
    private OperatorCases() {}

    static void run(Device device, Cases cases) {
        OperatorTests.run(device, cases::begin, result -> cases.end(outcome(result)));
    }

    private static Outcome outcome(OperatorTests.Result result) {
        Outcome.Status status =
                switch (result.status()) {
                    case PASS -> Outcome.Status.PASS;
                    case NO_KERNEL -> Outcome.Status.NO_KERNEL;
                    case FAIL -> Outcome.Status.FAIL;
                };
        return new Outcome(result.name(), status, result.message(), Map.of());
    }
}

package io.sardonyx.cli;

import io.sardonyx.bench.compare.Verdict;
import java.io.PrintWriter;

/** Exit statuses of commands that compare: scripts tell what is slower from what could not be compared. */
final class ComparisonStatus {
    private static final int SLOWER = 1;
    private static final int REFUSED = 2;

    private ComparisonStatus() {}

    static int of(boolean slower) {
        return slower ? SLOWER : 0;
    }

    static int of(Verdict verdict) {
        return of(verdict == Verdict.SLOWER);
    }

    /** Says why in one line. */
    static int refused(PrintWriter err, String why) {
        err.println("sardonyx: " + why);
        err.flush();
        return REFUSED;
    }
}

package io.sardonyx.bench.contender;

/**
 * Where a contender is to compute.
 *
 * @param device such as {@code cpu} or {@code cuda:0}
 * @param threads of the host, the calling one included
 */
public record Setting(String device, int threads) {
    /** For a contender that knows nothing else. */
    void requireCpu() {
        if (!device.equals("cpu")) {
            throw new UnsupportedProblemException("is measured on cpu alone, not on " + device);
        }
    }
}

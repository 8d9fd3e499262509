package io.sardonyx.bench.report;

/** Where something was computed, in words. */
record Place(String device, int threads) {
    @Override
    public String toString() {
        return device + (threads == 0 ? "" : ", " + threads + (threads == 1 ? " thread" : " threads"));
    }
}

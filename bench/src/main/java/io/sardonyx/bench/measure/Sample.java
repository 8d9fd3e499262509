package io.sardonyx.bench.measure;

/**
 * One sample.
 *
 * @param nanoseconds of one call
 * @param pulse nanoseconds that a fixed number of cycles took beside it: more of them, and the clock was lower
 */
record Sample(double nanoseconds, double pulse) {}

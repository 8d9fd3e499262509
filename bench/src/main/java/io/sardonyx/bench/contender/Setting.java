package io.sardonyx.bench.contender;

/**
 * Where a contender is to compute.
 *
 * @param device such as {@code cpu} or {@code cuda:0}
 * @param threads of the host, the calling one included
 */
public record Setting(String device, int threads) {}

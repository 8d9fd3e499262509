package io.sardonyx.bench.record;

/**
 * The best that a device does at one thing, measured.
 *
 * @param device such as {@code cpu} or {@code cuda:0}
 * @param threads of the host that took part; 0 where the device has its own
 * @param name what of: {@code fma.float32}, {@code fma.int8}, {@code tensor.bfloat16}, {@code read.L1}, {@code read.memory},
 *     {@code copy.memory}, {@code launch}
 * @param value the best of some runs, in {@code unit}
 * @param unit {@code FLOP/s}, {@code B/s} or {@code s}
 * @param isa instruction set that it was measured with; empty for GPUs
 */
public record Roof(String device, int threads, String name, double value, String unit, String isa) {}

/**
 * Benchmarks. Ratios against a peer come from {@link io.sardonyx.bench.Compare}, which alternates two long-lived child JVMs;
 * absolute times of calls from the classes of {@link io.sardonyx.bench.jmh}, each in a fork of its own.
 */
package io.sardonyx.bench;

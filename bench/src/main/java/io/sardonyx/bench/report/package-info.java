/** Records of benchmarks as one HTML page that needs nothing else: plots, tables, and where the numbers come from. */
package io.sardonyx.bench.report;

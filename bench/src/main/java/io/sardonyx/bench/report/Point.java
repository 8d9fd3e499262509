package io.sardonyx.bench.report;

/** One measurement in a plot. */
record Point(double x, double y, String label, Mark mark) {}

package io.sardonyx.bench.report;

import java.util.List;

/**
 * Points that belong together.
 *
 * @param contender whose colour they have
 * @param style number of the dashes, where a contender has several series
 */
record Series(String name, String contender, int style, List<Point> points) {}

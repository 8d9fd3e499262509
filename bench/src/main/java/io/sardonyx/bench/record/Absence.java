package io.sardonyx.bench.record;

/**
 * Something that was asked for and is not there.
 *
 * @param what a contender, a device or a line
 * @param why a sentence that says what to do
 */
public record Absence(String what, String why) {}

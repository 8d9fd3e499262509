package io.sardonyx.bench.compare;

/**
 * One of two that are compared.
 *
 * @param classPath of its JVM
 */
public record Side(String classPath, Work work) {}

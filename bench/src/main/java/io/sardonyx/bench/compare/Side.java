package io.sardonyx.bench.compare;

import java.nio.file.Path;

/**
 * One of two that are compared.
 *
 * @param classPath of its JVM
 * @param model an ONNX file
 * @param inputs an {@code .npz} file of them
 */
public record Side(String classPath, Path model, Path inputs) {}

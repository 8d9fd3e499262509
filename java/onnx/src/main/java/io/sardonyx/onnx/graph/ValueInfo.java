package io.sardonyx.onnx.graph;

/** A value's name and declared type. */
public record ValueInfo(String name, DeclaredType type) {
    @Override
    public String toString() {
        return name + ": " + type;
    }
}

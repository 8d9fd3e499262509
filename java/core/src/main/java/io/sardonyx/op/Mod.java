package io.sardonyx.op;

import io.sardonyx.tensor.DType;

/**
 * The remainder of {@code a / b}: with the sign of b as in Python, or with that of a if {@code fmod}. An integer modulo zero is
 * refused. ONNX Mod, opsets 10 to 13; there floats need {@code fmod}, here both work.
 */
public record Mod(boolean fmod) implements Arithmetic {
    static Mod read(Attributes attributes) {
        return new Mod(attributes.getFlag("fmod", false));
    }

    @Override
    public double apply(double a, double b) {
        double remainder = a % b;
        return !fmod && remainder != 0 && remainder < 0 != b < 0 ? remainder + b : remainder;
    }

    @Override
    public long apply(long a, long b, DType type) {
        if (b == 0) {
            throw new IllegalArgumentException("Mod: division of an integer by zero: " + a + " % 0");
        }
        if (type == DType.UINT64) {
            return Long.remainderUnsigned(a, b);
        }
        return fmod ? a % b : Math.floorMod(a, b);
    }

    @Override
    public String kernel() {
        return fmod ? "fmod" : "mod";
    }
}

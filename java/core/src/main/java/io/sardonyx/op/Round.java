package io.sardonyx.op;

/**
 * {@code y} is the integer nearest to {@code x}, of two equally near ones the even one. ONNX Round, opsets 11 to 22.
 */
public record Round() implements Unary {
    static Round read(Attributes attributes) {
        return new Round();
    }

    @Override
    public double apply(double x) {
        return Math.rint(x);
    }

    @Override
    public String kernel() {
        return "round";
    }
}

package io.sardonyx.op;

/**
 * The natural logarithm. ONNX Log, opsets 1 to 13.
 */
public record Log() implements Unary {
    static Log read(Attributes attributes) {
        return new Log();
    }

    @Override
    public double apply(double x) {
        return Math.log(x);
    }

    @Override
    public String kernel() {
        return "log";
    }
}

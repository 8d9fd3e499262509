package io.sardonyx.op;

/** The running products along an axis; ONNX CumProd, opset 26. Integers wrap, floats accumulate in double. */
public record CumProd(boolean exclusive, boolean reverse) implements Cumulation {
    static CumProd read(Attributes attributes) {
        return new CumProd(attributes.getFlag("exclusive", false), attributes.getFlag("reverse", false));
    }

    @Override
    public String kernel() {
        return "cum_prod";
    }

    @Override
    public long neutral() {
        return 1;
    }

    @Override
    public double combine(double a, double b) {
        return a * b;
    }

    @Override
    public long combine(long a, long b) {
        return a * b;
    }
}

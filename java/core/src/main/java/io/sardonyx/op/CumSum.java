package io.sardonyx.op;

/** The running sums along an axis; ONNX CumSum, opsets 11 to 14. Integers wrap, floats accumulate in double. */
public record CumSum(boolean exclusive, boolean reverse) implements Cumulation {
    static CumSum read(Attributes attributes) {
        return new CumSum(attributes.getFlag("exclusive", false), attributes.getFlag("reverse", false));
    }

    @Override
    public String kernel() {
        return "cum_sum";
    }

    @Override
    public long neutral() {
        return 0;
    }

    @Override
    public double combine(double a, double b) {
        return a + b;
    }

    @Override
    public long combine(long a, long b) {
        return a + b;
    }
}

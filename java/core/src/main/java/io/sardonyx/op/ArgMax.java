package io.sardonyx.op;

/** The index of the largest element along an axis; ONNX ArgMax, opsets 1 to 13. The rules for equals and NaN: {@link ArgReduction}. */
public record ArgMax(long axis, boolean keepDims, boolean selectLastIndex) implements ArgReduction {
    static ArgMax read(Attributes attributes) {
        return ArgReduction.read(attributes, ArgMax::new);
    }

    @Override
    public String kernel() {
        return "arg_max";
    }

    @Override
    public boolean better(int order) {
        return order > 0;
    }
}

package io.sardonyx.op;

/** The index of the least element along an axis; ONNX ArgMin, opsets 1 to 13. The rules for equals and NaN: {@link ArgReduction}. */
public record ArgMin(long axis, boolean keepDims, boolean selectLastIndex) implements ArgReduction {
    static ArgMin read(Attributes attributes) {
        return ArgReduction.read(attributes, ArgMin::new);
    }

    @Override
    public String kernel() {
        return "arg_min";
    }

    @Override
    public boolean better(int order) {
        return order < 0;
    }
}

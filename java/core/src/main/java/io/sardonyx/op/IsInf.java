package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;

/** {@code y} says whether {@code x} is an infinity of a sign that is asked for. ONNX IsInf, opsets 10 to 20. */
public record IsInf(boolean negative, boolean positive) implements Unary {
    static IsInf read(Attributes attributes) {
        return new IsInf(attributes.getFlag("detect_negative", true), attributes.getFlag("detect_positive", true));
    }

    @Override
    public double apply(double x) {
        return negative && x == Double.NEGATIVE_INFINITY || positive && x == Double.POSITIVE_INFINITY ? 1 : 0;
    }

    @Override
    public String kernel() {
        return "is_inf";
    }

    @Override
    public void addParameters(Launch launch) {
        launch.param(negative ? 1L : 0L).param(positive ? 1L : 0L);
    }

    @Override
    public DType result(DType operand) {
        return DType.BOOL;
    }
}

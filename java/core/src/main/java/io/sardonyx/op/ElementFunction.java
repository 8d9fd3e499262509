package io.sardonyx.op;

import java.util.List;

/** The functions of a {@link FusedElementwise}, in the order that {@code kernels/element_program.h} knows. */
public enum ElementFunction {
    ADD(2, (x, y, a, b) -> new Add().apply(x, y)),
    SUB(2, (x, y, a, b) -> new Sub().apply(x, y)),
    MUL(2, (x, y, a, b) -> new Mul().apply(x, y)),
    DIV(2, (x, y, a, b) -> new Div().apply(x, y)),
    MAX(2, (x, y, a, b) -> new Max().apply(x, y)),
    MIN(2, (x, y, a, b) -> new Min().apply(x, y)),
    NEG(1, (x, y, a, b) -> new Neg().apply(x)),
    ABS(1, (x, y, a, b) -> new Abs().apply(x)),
    SQRT(1, (x, y, a, b) -> new Sqrt().apply(x)),
    RECIPROCAL(1, (x, y, a, b) -> new Reciprocal().apply(x)),
    EXP(1, (x, y, a, b) -> new Exp().apply(x)),
    LOG(1, (x, y, a, b) -> new Log().apply(x)),
    TANH(1, (x, y, a, b) -> new Tanh().apply(x)),
    ERF(1, (x, y, a, b) -> new Erf().apply(x)),
    RELU(1, (x, y, a, b) -> new Relu().apply(x)),
    HARDSWISH(1, (x, y, a, b) -> new HardSwish().apply(x)),
    SIGMOID(1, (x, y, a, b) -> new Sigmoid().apply(x)),
    SOFTPLUS(1, (x, y, a, b) -> new Softplus().apply(x)),
    GELU(1, (x, y, a, b) -> new Gelu(false).apply(x)),
    GELUTANH(1, (x, y, a, b) -> new Gelu(true).apply(x)),
    LEAKYRELU(1, (x, y, a, b) -> new LeakyRelu(a).apply(x)),
    SWISH(1, (x, y, a, b) -> new Swish(a).apply(x)),
    HARDSIGMOID(1, (x, y, a, b) -> new HardSigmoid(a, b).apply(x)),
    /** {@code min(max(x, a), b)} */
    CLIP(1, (x, y, a, b) -> Math.min(Math.max(x, a), b));

    /** A function of one or two numbers and two attributes. */
    private interface Definition {
        double apply(double x, double y, float a, float b);
    }

    private final int operands;
    private final Definition definition;

    ElementFunction(int operands, Definition definition) {
        this.operands = operands;
        this.definition = definition;
    }

    /** The function of ONNX's operator {@code name}, in any case. */
    static ElementFunction of(String name) {
        for (ElementFunction function : values()) {
            if (function.name().equalsIgnoreCase(name)) {
                return function;
            }
        }
        throw new IllegalArgumentException("steps: expected one of " + List.of(values()) + ", given " + name);
    }

    /** 1 or 2; a function of two numbers has no attributes. */
    public int operands() {
        return operands;
    }

    double apply(double x, double y, float a, float b) {
        return definition.apply(x, y, a, b);
    }
}

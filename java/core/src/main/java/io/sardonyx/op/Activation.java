package io.sardonyx.op;

import io.sardonyx.device.Launch;
import java.util.List;

/**
 * A function of one number that a fused operator applies to its result; {@code a} and {@code b} are its attributes, 0 where
 * it has none.
 */
public record Activation(Kind kind, float a, float b) {
    /** The functions, in the order that {@code activation.h} of {@code kernels/cpu} and {@code kernels/cuda} knows. */
    public enum Kind {
        /** {@code x} */
        NONE,
        /** {@code max(x, 0)} */
        RELU,
        /** {@code min(max(x, a), b)} */
        CLIP,
        /** {@code x < 0 ? a · x : x} */
        LEAKYRELU,
        /** {@code 1 / (1 + exp(-x))} */
        SIGMOID,
        /** {@code max(0, min(1, a · x + b))} */
        HARDSIGMOID,
        /** {@code x · max(0, min(1, x / 6 + 1/2))} */
        HARDSWISH,
        /** {@code x · sigmoid(x)} */
        SILU,
        /** {@code tanh(x)} */
        TANH,
        /** {@code x · Φ(x) = x / 2 · (1 + erf(x / √2))} */
        GELU,
        /** {@code x / 2 · (1 + tanh(√(2/π) · (x + 0.044715 x³)))} */
        GELUTANH,
        /** {@code x · tanh(log(1 + exp(x)))} */
        MISH
    }

    public static final Activation NONE = of(Kind.NONE);
    public static final Activation RELU = of(Kind.RELU);
    public static final Activation SIGMOID = of(Kind.SIGMOID);
    public static final Activation HARD_SWISH = of(Kind.HARDSWISH);
    public static final Activation SILU = of(Kind.SILU);
    public static final Activation TANH = of(Kind.TANH);
    public static final Activation GELU = of(Kind.GELU);
    public static final Activation GELU_TANH = of(Kind.GELUTANH);
    public static final Activation MISH = of(Kind.MISH);

    private static Activation of(Kind kind) {
        return new Activation(kind, 0, 0);
    }

    public static Activation clip(float min, float max) {
        return new Activation(Kind.CLIP, min, max);
    }

    public static Activation leakyRelu(float alpha) {
        return new Activation(Kind.LEAKYRELU, alpha, 0);
    }

    public static Activation hardSigmoid(float alpha, float beta) {
        return new Activation(Kind.HARDSIGMOID, alpha, beta);
    }

    /** From attribute {@code activation}, ONNX's operator name in any case (or Silu), and {@code activation_params}. */
    static Activation read(Attributes attributes) {
        float[] params = attributes.getFloats("activation_params");
        return of(
                attributes.getString("activation", "None"),
                params.length > 0 ? params[0] : 0,
                params.length > 1 ? params[1] : 0);
    }

    /** The activation of ONNX's operator {@code name}, in any case. */
    static Activation of(String name, float a, float b) {
        for (Kind kind : Kind.values()) {
            if (kind.name().equalsIgnoreCase(name)) {
                return new Activation(kind, a, b);
            }
        }
        throw new IllegalArgumentException("activation: expected one of " + List.of(Kind.values()) + ", given " + name);
    }

    double apply(double x) {
        return switch (kind) {
            case NONE -> x;
            case RELU -> Math.max(x, 0);
            case CLIP -> Math.min(Math.max(x, a), b);
            case LEAKYRELU -> x < 0 ? a * x : x;
            case SIGMOID -> 1 / (1 + Math.exp(-x));
            case HARDSIGMOID -> Math.max(0, Math.min(1, a * x + b));
            case HARDSWISH -> x * Math.max(0, Math.min(1, x / 6 + 0.5));
            case SILU -> x / (1 + Math.exp(-x));
            case TANH -> Math.tanh(x);
            case GELU -> Gelu.exact(x);
            case GELUTANH -> Gelu.approximate(x);
            case MISH -> Mish.value(x);
        };
    }

    /** Three slots of a kernel's parameters: kind, a, b. */
    void addTo(Launch launch) {
        launch.param(kind.ordinal()).param((double) a).param((double) b);
    }
}

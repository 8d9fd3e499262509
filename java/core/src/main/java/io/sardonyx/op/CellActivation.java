package io.sardonyx.op;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** An activation function of a recurrent cell, with the parameters that its formula uses. */
public record CellActivation(Kind kind, float alpha, float beta) {
    static final CellActivation SIGMOID = new CellActivation(Kind.SIGMOID, 0, 0);
    static final CellActivation TANH = new CellActivation(Kind.TANH, 0, 0);

    /** The functions, with the defaults of alpha and beta, NaN for a formula without the parameter. */
    public enum Kind {
        RELU(Float.NaN, Float.NaN),
        TANH(Float.NaN, Float.NaN),
        SIGMOID(Float.NaN, Float.NaN),
        AFFINE(1, 0),
        LEAKYRELU(0.01f, Float.NaN),
        THRESHOLDEDRELU(1, Float.NaN),
        SCALEDTANH(1, 1),
        HARDSIGMOID(0.2f, 0.5f),
        ELU(1, Float.NaN),
        SOFTSIGN(Float.NaN, Float.NaN),
        SOFTPLUS(Float.NaN, Float.NaN);

        private final float alpha;
        private final float beta;

        Kind(float alpha, float beta) {
            this.alpha = alpha;
            this.beta = beta;
        }
    }

    /**
     * The functions that a node names, {@code defaults} repeated for each direction if it names none. The values of {@code
     * activation_alpha} and {@code activation_beta} go in order to those functions that have such a parameter.
     */
    static List<CellActivation> read(
            String operator, Attributes attributes, int directions, CellActivation... defaults) {
        List<CellActivation> result = new ArrayList<>();
        if (!attributes.has("activations")) {
            for (int d = 0; d < directions; d++) {
                result.addAll(List.of(defaults));
            }
            return result;
        }
        float[] alphas = attributes.getFloats("activation_alpha");
        float[] betas = attributes.getFloats("activation_beta");
        int nextAlpha = 0;
        int nextBeta = 0;
        for (String name : attributes.getStrings("activations")) {
            Kind kind = kind(operator, name);
            float alpha = !Float.isNaN(kind.alpha) && nextAlpha < alphas.length ? alphas[nextAlpha++] : kind.alpha;
            float beta = !Float.isNaN(kind.beta) && nextBeta < betas.length ? betas[nextBeta++] : kind.beta;
            result.add(new CellActivation(kind, Float.isNaN(alpha) ? 0 : alpha, Float.isNaN(beta) ? 0 : beta));
        }
        if (result.size() != defaults.length * directions) {
            throw new IllegalArgumentException(operator + ": activations: expected " + defaults.length * directions
                    + " functions, given " + attributes.getStrings("activations"));
        }
        return result;
    }

    private static Kind kind(String operator, String name) {
        for (Kind kind : Kind.values()) {
            if (kind.name().equals(name.toUpperCase(Locale.ROOT))) {
                return kind;
            }
        }
        throw new IllegalArgumentException(operator + ": activations: '" + name + "' is none of ONNX's functions");
    }

    double apply(double x) {
        return switch (kind) {
            case RELU -> Math.max(x, 0);
            case TANH -> Math.tanh(x);
            case SIGMOID -> 1 / (1 + Math.exp(-x));
            case AFFINE -> alpha * x + beta;
            case LEAKYRELU -> x >= 0 ? x : alpha * x;
            case THRESHOLDEDRELU -> x >= alpha ? x : 0;
            case SCALEDTANH -> alpha * Math.tanh(beta * x);
            case HARDSIGMOID -> Math.min(Math.max(alpha * x + beta, 0), 1);
            case ELU -> x >= 0 ? x : alpha * Math.expm1(x);
            case SOFTSIGN -> x / (1 + Math.abs(x));
            case SOFTPLUS -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
        };
    }
}

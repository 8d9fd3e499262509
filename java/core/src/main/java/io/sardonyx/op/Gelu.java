package io.sardonyx.op;

/**
 * {@code y = x · Φ(x)} with the normal distribution's Φ, or its approximation {@code x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³)))}
 * if {@code tanh}. ONNX Gelu, opset 20; Gelu of com.microsoft.
 */
public record Gelu(boolean tanh) implements Unary {
    static Gelu read(Attributes attributes) {
        String approximate = attributes.getString("approximate", "none");
        return switch (approximate) {
            case "none" -> new Gelu(false);
            case "tanh" -> new Gelu(true);
            default ->
                throw new IllegalArgumentException(
                        "Gelu: attribute approximate: expected none or tanh, given " + approximate);
        };
    }

    @Override
    public double apply(double x) {
        return tanh ? approximate(x) : exact(x);
    }

    @Override
    public String kernel() {
        return tanh ? "gelu_tanh" : "gelu";
    }

    static double exact(double x) {
        return x == Double.NEGATIVE_INFINITY ? -0.0 : x * Erf.normal(x);
    }

    static double approximate(double x) {
        double inner = Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x);
        return x == Double.NEGATIVE_INFINITY ? -0.0 : x / 2 * (1 + Math.tanh(inner));
    }
}

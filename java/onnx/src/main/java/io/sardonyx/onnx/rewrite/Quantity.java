package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.graph.Node;
import io.sardonyx.op.DequantizeLinear;
import io.sardonyx.op.QuantizeLinear;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import java.util.List;
import java.util.Optional;

/**
 * Bytes with one scale and one zero point, both constants, as DequantizeLinear reads and QuantizeLinear gives them.
 *
 * @param bytes the value's name
 * @param scale the name of the scale
 * @param zero the name of the zero point
 */
record Quantity(Match match, String bytes, String scale, String zero) {
    /** What {@code value} is dequantised from. */
    static Optional<Quantity> before(Match match, String value) {
        return match.producer(value, "DequantizeLinear")
                .filter(node -> node.operator() instanceof DequantizeLinear d
                        && d.blockSize() == 0
                        && d.output().orElse(DType.FLOAT32) == DType.FLOAT32)
                .map(node -> new Quantity(match, node.input(0), node.input(1), node.input(2)))
                .filter(Quantity::isKnown);
    }

    /** What a QuantizeLinear gives. */
    static Optional<Quantity> after(Match match, Node node) {
        return Optional.of(node)
                .filter(n -> n.operator() instanceof QuantizeLinear q
                        && q.blockSize() == 0
                        && q.precision().orElse(DType.FLOAT32) == DType.FLOAT32)
                .map(n -> new Quantity(match, n.output(0), n.input(1), n.input(2)))
                .filter(Quantity::isKnown);
    }

    private boolean isKnown() {
        Optional<HostTensor> s = match.constant(scale).filter(t -> t.dtype() == DType.FLOAT32);
        Optional<HostTensor> z = match.constant(zero).filter(t -> t.dtype() == DType.UINT8 || t.dtype() == DType.INT8);
        return isScalar(s) && isScalar(z);
    }

    private static boolean isScalar(Optional<HostTensor> t) {
        return t.filter(v -> v.size() == 1 && v.shape().rank() <= 1).isPresent();
    }

    double scaleValue() {
        return match.constant(scale).orElseThrow().getDouble(0);
    }

    double zeroValue() {
        return match.constant(zero).orElseThrow().getDouble(0);
    }

    DType dtype() {
        return match.constant(zero).orElseThrow().dtype();
    }

    double smallest() {
        return dtype() == DType.INT8 ? -128 : 0;
    }

    /** The byte that stands for a number. */
    double quantised(double number) {
        double whole = Math.rint(number / scaleValue()) + zeroValue();
        return Math.max(smallest(), Math.min(smallest() + 255, whole));
    }

    /** Whether equal bytes of both are equal numbers. */
    boolean isLike(Quantity other) {
        return dtype() == other.dtype() && scaleValue() == other.scaleValue() && zeroValue() == other.zeroValue();
    }

    /** The three names, as the quantised operators take them. */
    List<String> inputs() {
        return List.of(bytes, scale, zero);
    }
}

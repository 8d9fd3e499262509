package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.graph.Node;
import io.sardonyx.op.DequantizeLinear;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.Optional;

/**
 * The constant weights of a convolution (or a matrix product, which is one) between DequantizeLinear and QuantizeLinear, and its bias, as QLinearConv takes them.
 *
 * @param weights the name of the int8 weights, whose zero points are 0
 * @param scale the name of their scale, or scales
 * @param bias the bias as int32 in units of the products
 */
record QuantisedFilters(String weights, String scale, Optional<HostTensor> bias) {
    /**
     * What {@code conv} or the like has in inputs 1 and 2.
     *
     * @param axis of the weights along which filters lie
     */
    static Optional<QuantisedFilters> of(Match match, Quantity x, Node conv, int axis) {
        Optional<Node> node = match.producer(conv.input(1), "DequantizeLinear");
        Optional<HostTensor> w = node.flatMap(n -> match.constant(n.input(0)))
                .filter(t -> t.dtype() == DType.INT8 && t.shape().rank() >= 2 && t.size() > 0);
        Optional<HostTensor> scale = node.flatMap(n -> match.constant(n.input(1)))
                .filter(t -> t.dtype() == DType.FLOAT32 && t.shape().rank() <= 1);
        if (w.isEmpty() || scale.isEmpty()) {
            return Optional.empty();
        }
        var dequantize = (DequantizeLinear) node.get().operator();
        Shape shape = w.get().shape();
        long filters = shape.size(axis);
        boolean perFilter = scale.get().size() == filters
                && (dequantize.axis() == axis || dequantize.axis() == axis - shape.rank());
        if (dequantize.blockSize() != 0
                || (scale.get().size() != 1 && !perFilter)
                || !isZero(match, node.get().input(2))) {
            return Optional.empty();
        }
        String name = node.get().input(0);
        if (!conv.hasInput(2)) {
            return Optional.of(new QuantisedFilters(name, node.get().input(1), Optional.empty()));
        }
        return bias(match, conv.input(2))
                .filter(b -> b.length == filters)
                .flatMap(b -> inUnits(b, x.scaleValue(), scale.get()))
                .map(b -> new QuantisedFilters(name, node.get().input(1), Optional.of(b)));
    }

    private static boolean isZero(Match match, String zeros) {
        if (zeros.isEmpty()) {
            return true;
        }
        Optional<HostTensor> constant = match.constant(zeros);
        for (int i = 0; constant.isPresent() && i < constant.get().size(); i++) {
            if (constant.get().getDouble(i) != 0) {
                return false;
            }
        }
        return constant.isPresent();
    }

    /** The numbers of a bias that is a constant, or dequantised from one. */
    private static Optional<double[]> bias(Match match, String value) {
        Optional<HostTensor> plain = match.constant(value);
        if (plain.isPresent()) {
            return plain.map(HostTensor::toDoubles);
        }
        Optional<Node> node = match.producer(value, "DequantizeLinear");
        Optional<double[]> whole = node.flatMap(n -> match.constant(n.input(0))).map(HostTensor::toDoubles);
        Optional<double[]> scale = node.flatMap(n -> match.constant(n.input(1)))
                .map(HostTensor::toDoubles)
                .filter(s -> whole.isPresent() && (s.length == 1 || s.length == whole.get().length));
        if (scale.isEmpty() || !isZero(match, node.get().input(2))) {
            return Optional.empty();
        }
        double[] numbers = new double[whole.get().length];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = whole.get()[i] * scale.get()[scale.get().length == 1 ? 0 : i];
        }
        return Optional.of(numbers);
    }

    /** A bias in units of x's and the weights' scale, which is what it was quantised in if it was. */
    private static Optional<HostTensor> inUnits(double[] bias, double xScale, HostTensor wScale) {
        HostTensor units = HostTensor.allocate(new TensorType(DType.INT32, Shape.of(bias.length)));
        for (int m = 0; m < bias.length; m++) {
            double value = Math.rint(bias[m] / (xScale * wScale.getDouble(wScale.size() == 1 ? 0 : m)));
            if (!(Math.abs(value) < Integer.MAX_VALUE)) {
                return Optional.empty();
            }
            units.set(m, value);
        }
        return Optional.of(units);
    }
}

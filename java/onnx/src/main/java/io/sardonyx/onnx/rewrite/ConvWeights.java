package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The constant weights and bias of a Conv, into which what follows it may go: {@code y · factor[m] + shift[m]} for filter m. */
record ConvWeights(Node conv, HostTensor weights, Optional<HostTensor> bias) {
    static Optional<ConvWeights> of(Match match, Node conv) {
        Optional<HostTensor> weights = match.constant(conv.input(1));
        Optional<HostTensor> bias = conv.hasInput(2) ? match.constant(conv.input(2)) : Optional.empty();
        return weights.isPresent() && conv.hasInput(2) == bias.isPresent()
                ? Optional.of(new ConvWeights(conv, weights.get(), bias))
                : Optional.empty();
    }

    int filters() {
        return (int) weights.shape().size(0);
    }

    /**
     * Puts a Conv with weights of its own in the place of this one and of {@code follower}, whose output it gives; unless the new weights
     * are too large for float16.
     */
    void fold(Graph graph, Node follower, double[] factor, double[] shift) {
        double[] shifted = new double[filters()];
        for (int m = 0; m < shifted.length; m++) {
            shifted[m] = (bias.isPresent() ? bias.get().getDouble(m) : 0) * factor[m] + shift[m];
        }
        HostTensor scaled = scaled(factor);
        HostTensor newShift = HostTensor.of(weights.dtype(), Shape.of(filters()), shifted);
        if (weights.dtype() == DType.FLOAT16 && !(isFinite(scaled) && isFinite(newShift))) {
            return;
        }
        String newWeights = graph.addConstant(conv.input(1), scaled);
        String newBias = graph.addConstant(conv.input(1) + "_bias", newShift);
        graph.remove(conv);
        graph.replace(
                follower,
                Node.of(
                        conv.name(),
                        conv.operator(),
                        List.of(conv.input(0), newWeights, newBias),
                        List.of(follower.output(0))));
    }

    /** The weights times a factor for each filter. Those that are still in the file are scaled on their way from there. */
    private HostTensor scaled(double[] factor) {
        if (weights.isDeferred() && weights.dtype() == DType.FLOAT32) {
            return HostTensor.deferred(weights.type(), to -> {
                FloatBuffer values = to.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
                weights.read(to);
                scale(values, factor);
            });
        }
        HostTensor scaled = HostTensor.allocate(weights.type());
        int each = weights.size() / Math.max(filters(), 1);
        for (int i = 0; i < scaled.size(); i++) {
            scaled.set(i, weights.getDouble(i) * factor[i / each]);
        }
        return scaled;
    }

    private static void scale(FloatBuffer values, double[] factor) {
        float[] filter = new float[values.remaining() / factor.length];
        for (int m = 0; m < factor.length; m++) {
            values.get(m * filter.length, filter);
            for (int i = 0; i < filter.length; i++) {
                filter[i] = (float) (filter[i] * factor[m]);
            }
            values.put(m * filter.length, filter);
        }
    }

    private static boolean isFinite(HostTensor tensor) {
        return Arrays.stream(tensor.toDoubles()).allMatch(Double::isFinite);
    }
}

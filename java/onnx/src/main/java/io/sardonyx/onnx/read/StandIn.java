package io.sardonyx.onnx.read;

import io.sardonyx.onnx.proto.AttributeProto;
import io.sardonyx.onnx.proto.NodeProto;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import java.util.List;
import java.util.Optional;

/**
 * What makes values like a weight's: of the same type, shape, mean and deviation. Floats come from {@code RandomNormal}. Weights of one
 * sign (variances, scales) come from {@code RandomUniform} within their range, since a model may take their root; so do quantised ones,
 * with a {@code Cast} behind. Types that the generators do not give are float32 before a {@code Cast}.
 *
 * <p>What may be an index, a size or a text has no stand-in, and neither has what is not finite.
 */
final class StandIn {
    private static final int FLOAT_ATTRIBUTE = 1;
    private static final int INT_ATTRIBUTE = 2;
    private static final int INTS_ATTRIBUTE = 7;

    /** Cast names its type by a number since. */
    private static final int CAST_OPSET = 6;

    private final HostTensor weight;
    private double min = Double.POSITIVE_INFINITY;
    private double max = Double.NEGATIVE_INFINITY;
    private double mean;
    private double deviation;

    private StandIn(HostTensor weight) {
        this.weight = weight;
        double sum = 0;
        double squares = 0;
        int n = weight.size();
        for (int i = 0; i < n; i++) {
            double v = weight.getDouble(i);
            min = Math.min(min, v);
            max = Math.max(max, v);
            sum += v;
            squares += v * v;
        }
        mean = sum / n;
        deviation = Math.sqrt(Math.max(0, squares / n - mean * mean));
    }

    /** The nodes that make it, in order; empty if this weight has to stay. */
    static Optional<List<NodeProto>> of(HostTensor weight, String name, int seed, int opset) {
        DType dtype = weight.dtype();
        boolean generated = dtype == DType.FLOAT32 || dtype == DType.FLOAT16 || dtype == DType.FLOAT64;
        boolean quantised = dtype.isInteger() && dtype.bits() <= 8;
        if (weight.size() == 0 || !(dtype.isFloat() || quantised) || !generated && opset < CAST_OPSET) {
            return Optional.empty();
        }
        StandIn standIn = new StandIn(weight);
        if (!Double.isFinite(standIn.deviation)) {
            return Optional.empty();
        }
        if (generated) {
            return Optional.of(List.of(standIn.generator(dtype, name, seed)));
        }
        String values = name + "/random";
        return Optional.of(List.of(
                standIn.generator(DType.FLOAT32, values, seed),
                NodeProto.newBuilder()
                        .setOpType("Cast")
                        .addInput(values)
                        .addOutput(name)
                        .addAttribute(attribute("to", dtype.code()))
                        .build()));
    }

    private NodeProto generator(DType dtype, String output, int seed) {
        var node = NodeProto.newBuilder().addOutput(output);
        if (weight.dtype().isFloat() && min < 0 && max > 0) {
            node.setOpType("RandomNormal").addAttribute(attribute("mean", mean));
            node.addAttribute(attribute("scale", deviation));
        } else {
            double reach = Math.sqrt(3) * deviation; // of a uniform distribution
            node.setOpType("RandomUniform").addAttribute(attribute("low", Math.max(min, mean - reach)));
            node.addAttribute(attribute("high", Math.min(max, mean + reach)));
        }
        AttributeProto.Builder shape =
                AttributeProto.newBuilder().setName("shape").setType(INTS_ATTRIBUTE);
        for (long size : weight.shape().toArray()) {
            shape.addInts(size);
        }
        return node.addAttribute(attribute("dtype", dtype.code()))
                .addAttribute(attribute("seed", (double) seed))
                .addAttribute(shape)
                .build();
    }

    private static AttributeProto attribute(String name, double value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(FLOAT_ATTRIBUTE)
                .setF((float) value)
                .build();
    }

    private static AttributeProto attribute(String name, int value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(INT_ATTRIBUTE)
                .setI(value)
                .build();
    }
}

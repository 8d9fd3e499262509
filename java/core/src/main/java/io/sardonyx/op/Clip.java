package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * {@code y = min(max(x, lowest), highest)}; NaN stays NaN. The bounds are the optional scalar inputs 1 and 2; before opset 11
 * they are the attributes, which hold where the inputs are absent. ONNX Clip, opsets 1 to 13.
 */
public record Clip(double lowest, double highest) implements TensorOperator {
    /** Bounds given as inputs. */
    public Clip() {
        this(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
    }

    static Clip read(Attributes attributes) {
        return attributes.opset() >= 11
                ? new Clip()
                : new Clip(
                        attributes.getFloat("min", Float.NEGATIVE_INFINITY),
                        attributes.getFloat("max", Float.POSITIVE_INFINITY));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        TensorType x = in.get(0);
        Domain.NUMBERS.require("Clip", x);
        for (int i = 1; i <= 2; i++) {
            if (in.has(i) && (in.dtype(i) != x.dtype() || in.shape(i).elements() != 1)) {
                throw new IllegalArgumentException(
                        "Clip: " + (i == 1 ? "min" : "max") + ": expected " + x.dtype() + "[], given " + in.get(i));
            }
        }
        return List.of(x);
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor x = in.get(0);
        HostTensor y = out.get(0);
        if (x.dtype().isFloat()) {
            double low = in.has(1) ? in.get(1).getDouble(0) : lowest;
            double high = in.has(2) ? in.get(2).getDouble(0) : highest;
            for (int i = 0; i < x.size(); i++) {
                y.set(i, Math.min(Math.max(x.getDouble(i), low), high));
            }
        } else {
            // Flipping the sign bit of unsigned 64-bit numbers gives signed ones in the same order.
            long flip = x.dtype() == DType.UINT64 ? Long.MIN_VALUE : 0;
            long low = in.has(1) ? in.get(1).getLong(0) ^ flip : (long) lowest;
            long high = in.has(2) ? in.get(2).getLong(0) ^ flip : (long) highest;
            for (int i = 0; i < x.size(); i++) {
                y.set(i, Math.min(Math.max(x.getLong(i) ^ flip, low), high) ^ flip);
            }
        }
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        if (in.shape(0).rank() > 8) {
            return Optional.empty();
        }
        return Optional.of(Launch.of("clip", in.dtype(0))
                .input(0)
                .input(1)
                .input(2)
                .output(0)
                .param(lowest)
                .param(highest)
                .inPlace(0));
    }

    @Override
    public boolean elementwise() {
        return true;
    }
}

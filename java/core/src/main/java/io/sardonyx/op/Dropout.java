package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Outside training {@code y = x}, and the mask is all true. In training each element is zeroed with probability {@code ratio},
 * where the mask is false, and divided by {@code 1 - ratio} otherwise. ONNX Dropout, opsets 1 to 22.
 *
 * <p>Since opset 12 the ratio is input 1 and training is input 2; before, a model that is run is never trained, whatever the
 * attribute {@code is_test} says. With a seed the mask is that of NumPy's {@code RandomState}, as in ONNX's own reference.
 */
public record Dropout(OptionalLong seed, boolean trainable, boolean mask) implements TensorOperator {
    private static final double DEFAULT_RATIO = 0.5;

    static Dropout read(Attributes attributes) {
        OptionalLong seed = attributes.has("seed") ? OptionalLong.of(attributes.getInt("seed")) : OptionalLong.empty();
        return new Dropout(seed, attributes.opset() >= 12, attributes.outputs() > 1);
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        TensorType x = in.get(0);
        Domain.FLOATS.require("Dropout", x);
        if (in.has(1) && (!in.dtype(1).isFloat() || in.shape(1).elements() != 1)) {
            throw new IllegalArgumentException("Dropout: ratio: expected one float, given " + in.get(1));
        }
        if (in.has(2) && (in.dtype(2) != DType.BOOL || in.shape(2).elements() != 1)) {
            throw new IllegalArgumentException("Dropout: training_mode: expected bool[], given " + in.get(2));
        }
        return mask ? List.of(x, x.with(DType.BOOL)) : List.of(x);
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor x = in.get(0);
        HostTensor y = out.get(0);
        double ratio = in.has(1) ? in.get(1).getDouble(0) : DEFAULT_RATIO;
        boolean training = trainable && in.has(2) && in.get(2).getBoolean(0) && ratio != 0;
        if (training && !(ratio > 0 && ratio < 1)) {
            throw new IllegalArgumentException("Dropout: ratio: expected 0 <= ratio < 1, given " + ratio);
        }
        var random = new MersenneTwister(
                seed.orElseGet(() -> ThreadLocalRandom.current().nextLong()));
        for (int i = 0; i < x.size(); i++) {
            boolean keep = !training || random.nextDouble() >= ratio;
            double kept = training ? x.getDouble(i) / (1 - ratio) : x.getDouble(i);
            y.set(i, keep ? kept : 0);
            if (mask) {
                out.get(1).set(i, keep ? 1L : 0L);
            }
        }
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        boolean copies = !mask && !(trainable && in.has(2));
        return copies ? new Identity().launch(in, out) : Optional.empty();
    }

    @Override
    public boolean deterministic() {
        return seed.isPresent() || !trainable;
    }

    @Override
    public boolean aliases() {
        return !trainable && !mask;
    }
}

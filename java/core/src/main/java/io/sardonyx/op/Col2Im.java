package io.sardonyx.op;

import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;

/**
 * Puts blocks back into an image, adding them up where they overlap: X is [N, C · elements of a block, number of blocks], Y is
 * [N, C, image_shape]. Block {@code p} is what a window of shape block_shape sees at position {@code p}.
 *
 * <p>ONNX Col2Im, opset 18. Inputs X, image_shape, block_shape. All numeric types; integers wrap around.
 */
public record Col2Im(Window window) implements TensorOperator {
    static Col2Im read(Attributes attributes) {
        return new Col2Im(Window.read(attributes));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        Shape x = in.shape(0);
        if (!in.dtype(0).isFloat() && !in.dtype(0).isInteger()) {
            throw new IllegalArgumentException("Col2Im: expected a numeric type, given " + in.get(0));
        }
        Sliding sliding = sliding(in.value(1), in.value(2));
        if (x.rank() != 3 || x.size(1) % sliding.taps() != 0 || x.size(2) != sliding.positions()) {
            throw new IllegalArgumentException(
                    "Col2Im: expected X [N, C · " + sliding.taps() + ", " + sliding.positions() + "] for image "
                            + Shape.of(sliding.input) + " and block " + Shape.of(sliding.kernel) + ", given " + x);
        }
        return List.of(
                in.get(0).with(Shape.of(x.size(0), x.size(1) / sliding.taps()).concat(Shape.of(sliding.input))));
    }

    private Sliding sliding(HostTensor image, HostTensor block) {
        if (image.size() != block.size() || image.size() == 0) {
            throw new IllegalArgumentException(
                    "Col2Im: expected an image_shape and a block_shape of the same length, given " + image.size()
                            + " and " + block.size() + " values");
        }
        return window.over("Col2Im", Shape.of(image.toLongs()), Shape.of(block.toLongs()));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor x = in.get(0);
        HostTensor y = out.get(0);
        Sliding sliding = sliding(in.get(1), in.get(2));
        int[] sources = sliding.newSources();
        int positions = (int) sliding.positions();
        int plane = (int) sliding.inputs();
        int planes = (int) y.shape().elements(0, 2);
        double[] sums = x.dtype().isFloat() ? new double[y.size()] : null;
        long[] integerSums = new long[sums == null ? y.size() : 0];
        for (int p = 0; p < positions; p++) {
            sliding.sources(p, sources);
            for (int i = 0; i < planes * sources.length; i++) {
                int source = sources[i % sources.length];
                if (source >= 0) {
                    int to = i / sources.length * plane + source;
                    if (sums != null) {
                        sums[to] += x.getDouble(i * positions + p);
                    } else {
                        integerSums[to] += x.getLong(i * positions + p);
                    }
                }
            }
        }
        if (sums != null) {
            y.setAll(sums);
        } else {
            y.setAll(integerSums);
        }
    }
}

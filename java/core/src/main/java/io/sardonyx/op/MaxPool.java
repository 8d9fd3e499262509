package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * The largest element of each window, and optionally where in X it lies: the first of equals, as an index into all of X, or with
 * {@code columnMajor} one whose spatial part is counted with the first axis fastest. A NaN is larger than any number. A window
 * wholly in the padding gives the type's lowest value and index -1.
 *
 * <p>ONNX MaxPool, opsets 1, 8, 10, 11, 12, 22. Floats, int8 and uint8.
 */
public record MaxPool(Window window, boolean columnMajor) implements TensorOperator {
    static MaxPool read(Attributes attributes) {
        return new MaxPool(Window.read(attributes), attributes.getFlag("storage_order", false));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        if (!in.dtype(0).isFloat() && in.dtype(0) != DType.INT8 && in.dtype(0) != DType.UINT8) {
            throw new IllegalArgumentException("MaxPool: expected a float type, int8 or uint8, given " + in.get(0));
        }
        Shape y = Pooling.sliding("MaxPool", window, in.shape(0)).output(in.shape(0));
        return List.of(in.get(0).with(y), new TensorType(DType.INT64, y)).subList(0, in.outputs());
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor x = in.get(0);
        Sliding sliding = Pooling.sliding("MaxPool", window, x.shape());
        double[] values = x.toDoubles();
        int[] sources = sliding.newSources();
        int positions = (int) sliding.positions();
        int inputs = (int) sliding.inputs();
        int planes = (int) x.shape().elements(0, 2);
        for (int p = 0; p < positions; p++) {
            sliding.sources(p, sources);
            for (int plane = 0; plane < planes; plane++) {
                int largest = largest(values, plane * inputs, sources);
                int to = plane * positions + p;
                if (largest < 0) {
                    setLowest(out.get(0), to);
                } else {
                    out.get(0).copy(to, x, plane * inputs + largest);
                }
                if (out.size() > 1) {
                    out.get(1).set(to, largest < 0 ? -1 : (long) plane * inputs + index(sliding, largest));
                }
            }
        }
    }

    private static int largest(double[] x, int plane, int[] sources) {
        int best = -1;
        for (int source : sources) {
            if (source >= 0
                    && (best < 0
                            || x[plane + source] > x[plane + best]
                            || (Double.isNaN(x[plane + source]) && !Double.isNaN(x[plane + best])))) {
                best = source;
            }
        }
        return best;
    }

    private static void setLowest(HostTensor y, int i) {
        if (y.dtype().isFloat()) {
            y.set(i, Double.NEGATIVE_INFINITY);
        } else {
            y.set(i, y.dtype().isUnsigned() ? 0L : Byte.MIN_VALUE);
        }
    }

    private long index(Sliding sliding, int source) {
        if (!columnMajor) {
            return source;
        }
        long index = 0;
        for (int axis = sliding.axes() - 1, rest = source; axis >= 0; axis--) {
            long scale = 1;
            for (int before = 0; before < axis; before++) {
                scale *= sliding.input[before];
            }
            index += rest % sliding.input[axis] * scale;
            rest /= (int) sliding.input[axis];
        }
        return index;
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        Sliding sliding = Pooling.sliding("MaxPool", window, in.shape(0));
        return out.size() > 1
                ? Pooling.launch("max_pool_indices", in.get(0), sliding)
                        .map(launch -> launch.output(1).param(columnMajor ? 1L : 0))
                : Pooling.launch("max_pool", in.get(0), sliding).map(launch -> launch.param(0L));
    }
}

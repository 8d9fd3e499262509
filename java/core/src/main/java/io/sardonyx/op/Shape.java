package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;

/**
 * The sizes of the input's axes {@code [start, end)}, an int64 vector; negative bounds count from the end, and both are clamped.
 * ONNX Shape, all opsets. Not to be confused with {@link io.sardonyx.tensor.Shape}.
 */
public record Shape(long start, long end) implements TensorOperator {
    static Shape read(Attributes attributes) {
        return new Shape(attributes.getInt("start", 0), attributes.getInt("end", Long.MAX_VALUE));
    }

    private static int clamp(long bound, int rank) {
        return (int) Math.min(Math.max(bound < 0 ? bound + rank : bound, 0), rank);
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        int rank = in.shape(0).rank();
        return List.of(TensorType.of(DType.INT64, Math.max(0, clamp(end, rank) - clamp(start, rank))));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        io.sardonyx.tensor.Shape shape = in.get(0).shape();
        int first = clamp(start, shape.rank());
        for (int i = 0; i < out.get(0).size(); i++) {
            out.get(0).set(i, shape.size(first + i));
        }
    }

    @Override
    public boolean readsOnlyTypes() {
        return true;
    }
}

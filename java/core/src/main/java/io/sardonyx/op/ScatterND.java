package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * The input with {@code y[indices[i…, 0], indices[i…, 1], …, s…] = updates[i…, s…]}, or reduced with what is there: each row of
 * indices names a slice; in order, so that the last of equal rows wins. ONNX ScatterND, all opsets.
 */
public record ScatterND(ScatterReduction reduction) implements DataMovement {
    static ScatterND read(Attributes attributes) {
        return new ScatterND(ScatterReduction.read(attributes));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        requireIndices(in, 1);
        requireSameType(in, 2);
        if (!reduction.allows(in.dtype(0))) {
            throw refuse("no reduction " + reduction + " of " + in.dtype(0));
        }
        Shape x = in.shape(0);
        Shape indices = in.shape(1);
        int depth = SlicePositions.depth(this, x, indices, 0);
        Shape updates = indices.slice(0, indices.rank() - 1).concat(x.slice(depth, x.rank()));
        if (!in.shape(2).equals(updates)) {
            throw refuse("expected updates " + updates + ", given " + in.shape(2));
        }
        return List.of(in.get(0));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor y = out.get(0);
        y.copyAll(in.get(0));
        var positions = new SlicePositions(this, y.shape(), in.get(1), 0);
        for (int i = 0; i < positions.count; i++) {
            int to = positions.of(i);
            for (int k = 0; k < positions.block; k++) {
                reduction.apply(y, to + k, in.get(2), i * positions.block + k);
            }
        }
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        return reduction.launch("scatter_nd", in, out);
    }
}

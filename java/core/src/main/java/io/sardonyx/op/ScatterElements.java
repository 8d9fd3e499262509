package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * The input with {@code y[i, indices[i, j, k], k] = updates[i, j, k]} for {@code axis} 1, and likewise for others, or reduced
 * with what is there; in order, so that the last of equal indices wins.
 *
 * <p>ONNX ScatterElements, all opsets, and Scatter.
 */
public record ScatterElements(long axis, ScatterReduction reduction) implements DataMovement {
    static ScatterElements read(Attributes attributes) {
        return new ScatterElements(attributes.getInt("axis", 0), ScatterReduction.read(attributes));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        requireIndices(in, 1);
        requireSameType(in, 2);
        if (!reduction.allows(in.dtype(0))) {
            throw refuse("no reduction " + reduction + " of " + in.dtype(0));
        }
        ElementPositions.check(this, in.shape(1), in.shape(0), in.shape(0).axis(axis));
        if (!in.shape(1).equals(in.shape(2))) {
            throw refuse("expected updates of the indices' shape " + in.shape(1) + ", given " + in.shape(2));
        }
        return List.of(in.get(0));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor y = out.get(0);
        HostTensor indices = in.get(1);
        y.copyAll(in.get(0));
        int along = y.shape().axis(axis);
        var positions = new ElementPositions(indices.shape(), y.shape(), along);
        for (int i = 0; i < indices.size(); i++) {
            int index = index(indices.getLong(i), y.shape().size(along));
            reduction.apply(y, positions.of(i, index), in.get(2), i);
        }
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        return reduction
                .launch("scatter_elements", in, out)
                .map(launch -> launch.param(in.shape(0).axis(axis)));
    }
}

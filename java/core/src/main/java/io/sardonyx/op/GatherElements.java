package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * {@code y[i, j, k] = x[i, indices[i, j, k], k]} for {@code axis} 1, and likewise for others; negative indices count from the
 * end. ONNX GatherElements, all opsets.
 */
public record GatherElements(long axis) implements DataMovement {
    static GatherElements read(Attributes attributes) {
        return new GatherElements(attributes.getInt("axis", 0));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        requireIndices(in, 1);
        ElementPositions.check(this, in.shape(1), in.shape(0), in.shape(0).axis(axis));
        return List.of(in.get(0).with(in.shape(1)));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor x = in.get(0);
        HostTensor indices = in.get(1);
        int along = x.shape().axis(axis);
        var positions = new ElementPositions(indices.shape(), x.shape(), along);
        for (int i = 0; i < indices.size(); i++) {
            int index = index(indices.getLong(i), x.shape().size(along));
            out.get(0).copy(i, x, positions.of(i, index));
        }
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        return DataMovement.byWidth("gather_elements", in, out)
                .map(launch ->
                        launch.input(0).input(1).output(0).param(in.shape(0).axis(axis)));
    }
}

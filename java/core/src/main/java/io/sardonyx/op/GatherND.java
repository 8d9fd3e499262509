package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * {@code y[b…, i…, s…] = x[b…, indices[b…, i…, 0], indices[b…, i…, 1], …, s…]}: each row of indices names a slice of x, after
 * {@code batchAxes} axes b in common. ONNX GatherND, all opsets.
 */
public record GatherND(long batchAxes) implements DataMovement {
    static GatherND read(Attributes attributes) {
        return new GatherND(attributes.getInt("batch_dims", 0));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        requireIndices(in, 1);
        Shape x = in.shape(0);
        Shape indices = in.shape(1);
        if (batchAxes < 0
                || batchAxes >= Math.min(x.rank(), indices.rank())
                || !x.slice(0, (int) batchAxes).equals(indices.slice(0, (int) batchAxes))) {
            throw refuse("data " + x + " and indices " + indices + " do not have " + batchAxes + " axes in common");
        }
        int depth = SlicePositions.depth(this, x, indices, (int) batchAxes);
        return List.of(in.get(0)
                .with(indices.slice(0, indices.rank() - 1).concat(x.slice((int) batchAxes + depth, x.rank()))));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        var positions = new SlicePositions(this, in.get(0).shape(), in.get(1), (int) batchAxes);
        for (int i = 0; i < positions.count; i++) {
            out.get(0).copy(i * positions.block, in.get(0), positions.of(i), positions.block);
        }
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        return DataMovement.byWidth("gather_nd", in, out)
                .map(launch -> launch.input(0).input(1).output(0).param(batchAxes));
    }
}

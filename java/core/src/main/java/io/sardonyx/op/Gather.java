package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * {@code y[a…, i…, b…] = x[a…, indices[i…], b…]}, the index at axis {@code axis}; negative indices count from the end. ONNX
 * Gather, all opsets.
 */
public record Gather(long axis) implements DataMovement {
    static Gather read(Attributes attributes) {
        return new Gather(attributes.getInt("axis", 0));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        requireIndices(in, 1);
        Shape x = in.shape(0);
        int at = x.axis(axis);
        return List.of(in.get(0).with(x.slice(0, at).concat(in.shape(1)).concat(x.slice(at + 1, x.rank()))));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor x = in.get(0);
        HostTensor indices = in.get(1);
        int at = x.shape().axis(axis);
        int size = (int) x.shape().size(at);
        int block = (int) x.shape().elements(at + 1, x.shape().rank());
        int rows = (int) x.shape().elements(0, at);
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < indices.size(); i++) {
                int from = row * size + index(indices.getLong(i), size);
                out.get(0).copy((row * indices.size() + i) * block, x, from * block, block);
            }
        }
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        return DataMovement.byWidth("gather", in, out)
                .map(launch ->
                        launch.input(0).input(1).output(0).param(in.shape(0).axis(axis)));
    }
}

package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * {@code y[a…, i] = x[a…, indices[i]]}: columns of the last axis; a vector counts as a matrix of one row. ai.onnx.ml
 * ArrayFeatureExtractor, all opsets.
 */
public record ArrayFeatureExtractor() implements DataMovement {
    static ArrayFeatureExtractor read(Attributes attributes) {
        return new ArrayFeatureExtractor();
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        requireIndices(in, 1);
        Shape x = in.shape(0);
        Shape matrix = x.rank() == 1 ? Shape.of(1, x.size(0)) : x;
        return List.of(in.get(0).with(matrix.with(-1, in.shape(1).elements())));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor x = in.get(0);
        HostTensor indices = in.get(1);
        int columns = (int) x.shape().size(-1);
        for (int i = 0; i < out.get(0).size(); i++) {
            int index = index(indices.getLong(i % indices.size()), columns);
            out.get(0).copy(i, x, i / indices.size() * columns + index);
        }
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        return DataMovement.byWidth("gather", in, out)
                .map(launch ->
                        launch.input(0).input(1).output(0).param(in.shape(0).rank() - 1));
    }
}

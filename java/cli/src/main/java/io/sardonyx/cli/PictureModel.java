package io.sardonyx.cli;

import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.Outputs;
import io.sardonyx.onnx.graph.DeclaredType;
import io.sardonyx.onnx.graph.Dim;
import io.sardonyx.onnx.graph.ValueInfo;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.Tensor;
import java.util.List;
import java.util.Map;

/**
 * A model of one input, a picture; its declared type tells size and layout: [batch, 3, height, width] or [batch, height, width, 3],
 * of floats.
 */
record PictureModel(Model model, String input, DType dtype, boolean channelsFirst, int height, int width)
        implements AutoCloseable {
    static PictureModel of(Model model) {
        if (model.inputs().size() == 1) {
            ValueInfo input = model.inputs().get(0);
            if (input.type() instanceof DeclaredType.OfTensor type
                    && type.dtype().isFloat()
                    && type.dims().filter(d -> d.size() == 4).isPresent()) {
                List<Dim> dims = type.dims().get();
                boolean first = dims.get(1).known().orElse(0) == 3;
                int height = size(dims.get(first ? 2 : 1));
                int width = size(dims.get(first ? 3 : 2));
                if (height > 0 && width > 0 && (first || dims.get(3).known().orElse(0) == 3)) {
                    return new PictureModel(model, input.name(), type.dtype(), first, height, width);
                }
            }
        }
        throw new IllegalArgumentException(
                "expected a model of one input, a picture of floats [batch, 3, height, width] or"
                        + " [batch, height, width, 3] with known sizes, given " + model.inputs());
    }

    private static int size(Dim dim) {
        return (int) dim.known().orElse(0);
    }

    /** @param pixels [height, width, 3], as the model wants them but for the layout and the type */
    Outputs run(Tensor pixels) {
        Tensor image = channelsFirst ? pixels.permute(2, 0, 1) : pixels;
        return model.run(Map.of(input, image.unsqueeze(0).cast(dtype)));
    }

    @Override
    public void close() {
        model.close();
    }
}

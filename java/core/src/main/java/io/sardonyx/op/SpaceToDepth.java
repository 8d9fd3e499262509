package io.sardonyx.op;

import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;

/**
 * Moves blocks of {@code b · b} elements into channels: X is [N, C, H · b, W · b], Y is [N, b · b · C, H, W]. Element (i, j) of
 * channel {@code c}'s block goes to channel {@code (i · b + j) · C + c}.
 *
 * <p>ONNX SpaceToDepth, opsets 1, 13. All types.
 */
public record SpaceToDepth(long blockSize) implements TensorOperator {
    static SpaceToDepth read(Attributes attributes) {
        return new SpaceToDepth(attributes.getInt("blocksize"));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        Shape x = in.shape(0);
        if (x.rank() != 4 || blockSize < 1 || x.size(2) % blockSize != 0 || x.size(3) % blockSize != 0) {
            throw new IllegalArgumentException(
                    "SpaceToDepth: expected X [N, C, H, W] with H and W divisible by blocksize, given " + x + " and "
                            + blockSize);
        }
        if (blockSize > 1 << 15) {
            throw new IllegalArgumentException("SpaceToDepth: blocksize " + blockSize + " is too large");
        }
        return List.of(in.get(0)
                .with(Shape.of(
                        x.size(0),
                        Math.multiplyExact(x.size(1), blockSize * blockSize),
                        x.size(2) / blockSize,
                        x.size(3) / blockSize)));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor x = in.get(0);
        int b = (int) blockSize;
        int channels = (int) x.shape().size(1);
        int height = (int) x.shape().size(2);
        int width = (int) x.shape().size(3);
        for (int i = 0; i < x.size(); i++) {
            int column = i % width;
            int row = i / width % height;
            int c = i / width / height % channels;
            int n = i / width / height / channels;
            int to = (row % b * b + column % b) * channels + c;
            out.get(0).copy(((n * channels * b * b + to) * (height / b) + row / b) * (width / b) + column / b, x, i);
        }
    }
}

package io.sardonyx.op;

import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;

/**
 * Moves blocks of {@code b · b} elements into channels: X is [N, C, H · b, W · b], Y is [N, b · b · C, H, W]. Element (i, j) of
 * channel {@code c}'s block goes to channel {@code (i · b + j) · C + c}.
 *
 * <p>ONNX SpaceToDepth, opsets 1, 13. All types.
 */
public record SpaceToDepth(long blockSize) implements CopyOperator {
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

    /** Y seen as [N, b, b, C, H, W]. */
    @Override
    public StridedCopy copy(Shape x) {
        long width = x.size(3);
        long plane = x.size(2) * width;
        Shape blocks = Shape.of(x.size(0), blockSize, blockSize, x.size(1), x.size(2) / blockSize, width / blockSize);
        return StridedCopy.toDense(blocks, 0, x.size(1) * plane, width, 1, plane, blockSize * width, blockSize);
    }
}

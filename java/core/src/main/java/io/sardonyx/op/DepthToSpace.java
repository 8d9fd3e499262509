package io.sardonyx.op;

import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Locale;

/**
 * Moves channels into blocks of {@code b · b} elements: X is [N, C · b · b, H, W], Y is [N, C, H · b, W · b]. Element (i, j) of
 * channel {@code c}'s block comes from channel {@code (i · b + j) · C + c} (DCR, depth first) or {@code c · b · b + i · b + j}
 * (CRD, column first).
 *
 * <p>ONNX DepthToSpace, opsets 1, 11, 13. All types.
 */
public record DepthToSpace(long blockSize, boolean depthFirst) implements CopyOperator {
    static DepthToSpace read(Attributes attributes) {
        String mode = attributes.getString("mode", "DCR").toUpperCase(Locale.ROOT);
        if (!mode.equals("DCR") && !mode.equals("CRD")) {
            throw new IllegalArgumentException("DepthToSpace: mode: expected DCR or CRD, given " + mode);
        }
        return new DepthToSpace(attributes.getInt("blocksize"), mode.equals("DCR"));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        Shape x = in.shape(0);
        if (x.rank() != 4 || blockSize < 1 || blockSize > 1 << 15 || x.size(1) % (blockSize * blockSize) != 0) {
            throw new IllegalArgumentException(
                    "DepthToSpace: expected X [N, C, H, W] with C divisible by blocksize², given " + x + " and "
                            + blockSize);
        }
        return List.of(in.get(0)
                .with(Shape.of(
                        x.size(0),
                        x.size(1) / (blockSize * blockSize),
                        Math.multiplyExact(x.size(2), blockSize),
                        Math.multiplyExact(x.size(3), blockSize))));
    }

    /** Y seen as [N, C, H, b, W, b]. */
    @Override
    public StridedCopy copy(Shape x) {
        long plane = x.elements(2, 4);
        long channels = x.size(1) / (blockSize * blockSize);
        Shape blocks = Shape.of(x.size(0), channels, x.size(2), blockSize, x.size(3), blockSize);
        long block = depthFirst ? channels * plane : plane;
        long channel = depthFirst ? plane : blockSize * blockSize * plane;
        return StridedCopy.toDense(blocks, 0, x.size(1) * plane, channel, x.size(3), blockSize * block, 1, block);
    }
}

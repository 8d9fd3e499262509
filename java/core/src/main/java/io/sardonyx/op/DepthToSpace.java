package io.sardonyx.op;

import io.sardonyx.tensor.HostTensor;
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
public record DepthToSpace(long blockSize, boolean depthFirst) implements TensorOperator {
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

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor y = out.get(0);
        int b = (int) blockSize;
        int channels = (int) y.shape().size(1);
        int height = (int) y.shape().size(2);
        int width = (int) y.shape().size(3);
        for (int i = 0; i < y.size(); i++) {
            int column = i % width;
            int row = i / width % height;
            int c = i / width / height % channels;
            int n = i / width / height / channels;
            int block = row % b * b + column % b;
            int from = depthFirst ? block * channels + c : c * b * b + block;
            y.copy(i, in.get(0), ((n * channels * b * b + from) * (height / b) + row / b) * (width / b) + column / b);
        }
    }
}

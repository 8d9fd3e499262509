package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * The gradient of {@link Conv}'s input: {@code dx[n, c, o · stride - pad + t · dilation…] += dy[n, m, o…] · w[m, c, t…]}. dY is
 * [N, M, positions], W is [M, C / group, kernel], dX is [N, C, spatial axes]: attribute {@code input_shape} says how many elements
 * these axes have, for several inputs have as many positions. The other attributes are the convolution's. Elements that no
 * window meets get 0. Accumulates in double (reference) or float32 (kernels, which are those of {@link ConvTranspose}).
 *
 * <p>Two inputs of one float type; a dY of another shape than the convolution's output is refused.
 *
 * <p>Source: Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", arXiv 1603.07285, chapter 4.
 */
public record ConvGradInput(long group, Window window, List<Long> inputShape) implements TensorOperator {
    private static final int DY = 0;
    private static final int W = 1;

    public ConvGradInput {
        inputShape = List.copyOf(inputShape);
    }

    static ConvGradInput read(Attributes attributes) {
        return new ConvGradInput(
                attributes.getInt("group", 1), Window.read(attributes), Window.list(attributes.getInts("input_shape")));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        if (!in.dtype(DY).isFloat() || in.dtype(W) != in.dtype(DY)) {
            throw new IllegalArgumentException(
                    name() + ": expected dY and W of one float type, given " + in.get(DY) + ", " + in.get(W));
        }
        Shape x = input(in.shape(DY), in.shape(W));
        shapes(x, in.shape(W)).requireGradient(name(), in.shape(DY));
        return List.of(in.get(DY).with(x));
    }

    private Shape input(Shape dy, Shape w) {
        if (dy.rank() < 3 || w.rank() != dy.rank()) {
            throw new IllegalArgumentException(name()
                    + ": expected dY [batch, filters, positions] and W [filters, channels / group, kernel], given " + dy
                    + " and " + w);
        }
        if (inputShape.size() != dy.rank() - 2 || inputShape.stream().anyMatch(v -> v < 0)) {
            throw new IllegalArgumentException(name() + ": input_shape: expected " + (dy.rank() - 2)
                    + " values of 0 or more, given " + inputShape);
        }
        if (group < 1 || w.size(0) % group != 0) {
            throw new IllegalArgumentException(
                    name() + ": group " + group + " does not divide the " + w.size(0) + " filters of W");
        }
        return Shape.of(dy.size(0), Math.multiplyExact(group, w.size(1))).concat(Shape.of(Window.array(inputShape)));
    }

    private Convolution shapes(Shape x, Shape w) {
        return Convolution.of(name(), window, group, x, w);
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        out.get(0)
                .setAll(shapes(out.get(0).shape(), in.get(W).shape())
                        .inputGradient(in.get(DY).toDoubles(), in.get(W).toDoubles()));
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        return ConvTransposeKernel.launch(in.dtype(DY), shapes(out.get(0).shape(), in.shape(W)), in.constant(W));
    }
}

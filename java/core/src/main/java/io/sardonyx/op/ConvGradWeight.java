package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * The gradient of {@link Conv}'s weight: {@code dw[m, c, t…] = Σ dy[n, m, o…] · x[n, c, o · stride - pad + t · dilation…]}, the
 * sum being over images and positions. dY is [N, M, positions], X is [N, C, spatial axes], dW is [M, C / group, kernel]:
 * attribute {@code kernel_shape}, which must be there, says how large the kernel is. The other attributes are the
 * convolution's. Accumulates in double (reference) or float32 (kernels), in an order that depends on shapes and device alone.
 * (The bias has ReduceSum of dY over images and positions for a gradient.)
 *
 * <p>Two inputs of one float type; a dY of another shape than the convolution's output is refused.
 *
 * <p>Source: Chetlur et al., "cuDNN: Efficient Primitives for Deep Learning", arXiv 1410.0759, section 2.
 */
public record ConvGradWeight(long group, Window window) implements TensorOperator {
    private static final int DY = 0;
    private static final int X = 1;

    static ConvGradWeight read(Attributes attributes) {
        return new ConvGradWeight(attributes.getInt("group", 1), Window.read(attributes));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        if (!in.dtype(DY).isFloat() || in.dtype(X) != in.dtype(DY)) {
            throw new IllegalArgumentException(
                    name() + ": expected dY and X of one float type, given " + in.get(DY) + ", " + in.get(X));
        }
        Shape w = weight(in.shape(DY), in.shape(X));
        shapes(in.shape(X), w).requireGradient(name(), in.shape(DY));
        return List.of(in.get(DY).with(w));
    }

    private Shape weight(Shape dy, Shape x) {
        if (x.rank() < 3 || dy.rank() != x.rank()) {
            throw new IllegalArgumentException(name()
                    + ": expected dY [batch, filters, positions] and X [batch, channels, spatial axes], given " + dy
                    + " and " + x);
        }
        if (group < 1 || x.size(1) % group != 0) {
            throw new IllegalArgumentException(
                    name() + ": group " + group + " does not divide the " + x.size(1) + " channels of X");
        }
        return Shape.of(dy.size(1), x.size(1) / group).concat(window.requireKernel(name(), x.rank() - 2));
    }

    private Convolution shapes(Shape x, Shape w) {
        return Convolution.of(name(), window, group, x, w);
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        out.get(0)
                .setAll(shapes(in.get(X).shape(), out.get(0).shape())
                        .weightGradient(in.get(DY).toDoubles(), in.get(X).toDoubles()));
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        return ConvGradWeightKernel.launch(
                in.dtype(DY), shapes(in.shape(X), out.get(0).shape()));
    }
}

package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * {@link GlobalAveragePool} of quantised bytes: {@code y = saturate(round(mean of (x - x_zero) · x_scale / y_scale) + y_zero)}, halves
 * rounded to even.
 *
 * <p>{@code com.microsoft} QLinearGlobalAveragePool. Inputs X [N, C, spatial axes], x_scale, x_zero_point, y_scale, y_zero_point; an
 * absent zero point is 0. X and Y are int8 or uint8, here each for itself.
 *
 * @param channelsLast whether X is [N, spatial axes, C]
 * @param blocked whether X is in {@link ChannelBlocks}, as rewrites make it
 */
public record QLinearGlobalAveragePool(boolean channelsLast, boolean blocked) implements TensorOperator {
    private static final int Y_SCALE = 3;
    private static final int Y_ZERO = 4;

    static QLinearGlobalAveragePool read(Attributes attributes) {
        return new QLinearGlobalAveragePool(
                attributes.getFlag("channels_last", false), attributes.getFlag("blocked", false));
    }

    /** The first spatial axis, and the one behind the last. */
    private int first() {
        return channelsLast ? 1 : 2;
    }

    private int last(Shape x) {
        return channelsLast || blocked ? x.rank() - 1 : x.rank();
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        Quantized.requireBytes(name(), "X", in, 0);
        Shape x = in.shape(0);
        if (last(x) < 2 || (channelsLast && blocked)) {
            throw new IllegalArgumentException(
                    name() + ": expected X [batch, channels, spatial axes], given " + in.get(0) + " for " + this);
        }
        DType y = in.has(Y_ZERO) ? in.dtype(Y_ZERO) : in.dtype(0);
        Quantized.requireScalars(name(), "x", in, 1, in.dtype(0));
        Quantized.requireScalars(name(), "y", in, Y_SCALE, y);
        long[] sizes = x.toArray();
        Arrays.fill(sizes, first(), last(x), 1);
        return List.of(new TensorType(y, Shape.of(sizes)));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        Shape shape = in.get(0).shape();
        double[] x = Quantized.centred(in, 0, 2);
        int length = (int) shape.elements(first(), last(shape));
        int inner = (int) shape.elements(last(shape), shape.rank());
        double factor = in.get(1).getDouble(0) / in.get(Y_SCALE).getDouble(0);
        double zero = in.has(Y_ZERO) ? in.get(Y_ZERO).getDouble(0) : 0;
        for (int i = 0; i < out.get(0).size(); i++) {
            double sum = 0;
            for (int l = 0; l < length; l++) {
                sum += x[(i / inner * length + l) * inner + i % inner];
            }
            Quantized.quantize(out.get(0), i, sum / length * factor, zero, true);
        }
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        Shape x = in.shape(0);
        Launch launch = Launch.ofKey("qlinear_mean");
        for (int i = 0; i <= Y_ZERO; i++) {
            launch.input(i);
        }
        return Optional.of(launch.output(0)
                .params(x.elements(0, first()), x.elements(first(), last(x)), x.elements(last(x), x.rank())));
    }
}

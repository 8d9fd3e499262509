package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/**
 * {@code y = (x - x_zero_point) · x_scale}, rounded once. Scale and zero point are for the whole tensor, for each index of an
 * axis, or for blocks along an axis.
 *
 * <p>ONNX DequantizeLinear, opsets 10, 13, 19, 21, 23 to 25. Inputs x (an integer type of at most 16 bits, int32, float8,
 * float4), x_scale, optional x_zero_point; the result has the scale's type unless {@code output} says so.
 */
public record DequantizeLinear(long axis, long blockSize, Optional<DType> output) implements TensorOperator {
    static DequantizeLinear read(Attributes attributes) {
        return new DequantizeLinear(
                attributes.getInt("axis", 1),
                attributes.getInt("block_size", 0),
                QuantizeLinear.type(attributes, "output_dtype"));
    }

    private QuantizationScale scale() {
        return new QuantizationScale(name(), axis, blockSize);
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        DType x = in.dtype(0);
        DType scale = in.dtype(1);
        DType y = output.orElse(scale);
        if (!QuantizeLinear.isNarrow(x) && x != DType.INT32
                || !QuantizeLinear.isWide(scale) && scale != DType.FLOAT8E8M0
                || !QuantizeLinear.isWide(y)) {
            throw new IllegalArgumentException(
                    name() + ": expected x of a quantised type and x_scale and result of float types, given "
                            + in.get(0) + ", " + in.get(1) + " and " + y);
        }
        scale().require(in.shape(0), in.get(1), in, 2, x);
        return List.of(in.get(0).with(y));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor x = in.get(0);
        HostTensor scale = in.get(1);
        IntUnaryOperator position = scale().positions(x.shape(), scale.shape());
        for (int i = 0; i < x.size(); i++) {
            int at = position.applyAsInt(i);
            double zero = in.has(2) ? in.get(2).getDouble(in.get(2).size() == 1 ? 0 : at) : 0;
            out.get(0).set(i, (x.getDouble(i) - zero) * scale.getDouble(at));
        }
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        DType x = in.dtype(0);
        boolean floats = in.dtype(1) == DType.FLOAT32 && out.get(0).dtype() == DType.FLOAT32;
        if (!floats || !x.isInteger() || x.bits() < 8) {
            return Optional.empty();
        }
        return scale().launch(Launch.of("dequantize", x), in);
    }
}

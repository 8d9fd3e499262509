package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/**
 * {@code y = saturate(round(x / y_scale) + y_zero_point)}, halves rounded to even, in an integer type; in a float8 or float4
 * type {@code y = x / y_scale}, rounded to that. Scale and zero point are for the whole tensor, for each index of an axis, or
 * for blocks along an axis. The quotient is rounded to {@code precision}, as a rule the scale's type. NaN becomes the smallest
 * integer.
 *
 * <p>ONNX QuantizeLinear, opsets 10, 13, 19, 21, 23 to 25. Inputs x, y_scale, optional y_zero_point, whose type is the result's
 * unless {@code output} says so; uint8 without either.
 */
public record QuantizeLinear(
        long axis, long blockSize, boolean saturate, Optional<DType> output, Optional<DType> precision)
        implements TensorOperator {
    static QuantizeLinear read(Attributes attributes) {
        return new QuantizeLinear(
                attributes.getInt("axis", 1),
                attributes.getInt("block_size", 0),
                attributes.getFlag("saturate", true),
                type(attributes, "output_dtype"),
                type(attributes, "precision"));
    }

    /** The type that an attribute names; 0 names none. */
    static Optional<DType> type(Attributes attributes, String name) {
        long code = attributes.getInt(name, 0);
        return code == 0 ? Optional.empty() : Optional.of(DType.ofCode(Math.toIntExact(code)));
    }

    private QuantizationScale scale() {
        return new QuantizationScale(name(), axis, blockSize);
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        DType x = in.dtype(0);
        DType scale = in.dtype(1);
        if (!isWide(x) && x != DType.INT32 || !isWide(scale) && scale != DType.FLOAT8E8M0) {
            throw new IllegalArgumentException(name() + ": expected x and y_scale of float types (x also int32), given "
                    + in.get(0) + " and " + in.get(1));
        }
        DType y = output.orElse(in.has(2) ? in.dtype(2) : DType.UINT8);
        if (!isNarrow(y)) {
            throw new IllegalArgumentException(name()
                    + ": expected an integer type of at most 16 bits, float8 or float4 for the result, given " + y);
        }
        scale().require(in.shape(0), in.get(1), in, 2, y);
        return List.of(in.get(0).with(y));
    }

    /** The types that x and the scale have. */
    static boolean isWide(DType dtype) {
        return dtype == DType.FLOAT32 || dtype == DType.FLOAT16 || dtype == DType.BFLOAT16;
    }

    static boolean isNarrow(DType dtype) {
        return dtype.isInteger() && dtype.bits() <= 16
                || dtype.isFloat() && dtype.bits() <= 8 && dtype != DType.FLOAT8E8M0;
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor x = in.get(0);
        HostTensor scale = in.get(1);
        HostTensor y = out.get(0);
        DType rounded = precision.orElse(isWide(scale.dtype()) ? scale.dtype() : DType.FLOAT32);
        HostTensor quotient = HostTensor.allocate(new TensorType(rounded, io.sardonyx.tensor.Shape.SCALAR));
        IntUnaryOperator position = scale().positions(x.shape(), scale.shape());
        for (int i = 0; i < x.size(); i++) {
            int at = position.applyAsInt(i);
            quotient.set(0, x.getDouble(i) / scale.getDouble(at));
            double zero = in.has(2) ? in.get(2).getDouble(in.get(2).size() == 1 ? 0 : at) : 0;
            Quantized.quantize(y, i, quotient.getDouble(0), zero, saturate);
        }
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        DType y = out.get(0).dtype();
        boolean floats = in.dtype(0) == DType.FLOAT32
                && in.dtype(1) == DType.FLOAT32
                && precision.orElse(DType.FLOAT32) == DType.FLOAT32;
        if (!floats || !y.isInteger() || y.bits() < 8) {
            return Optional.empty();
        }
        return scale().launch(Launch.of("quantize", y), in);
    }
}

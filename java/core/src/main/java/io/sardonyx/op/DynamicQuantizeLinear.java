package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * Quantises floats to uint8 by their own range, 0 included: {@code y_scale = (max - min) / 255} (1 if that is 0), {@code
 * y_zero_point = saturate(round(-min / y_scale))}, {@code y = saturate(round(x / y_scale) + y_zero_point)}, all in float32.
 *
 * <p>ONNX DynamicQuantizeLinear, opset 11. A NaN in x makes the scale NaN and the rest 0.
 */
public record DynamicQuantizeLinear() implements TensorOperator {
    /** For the range of each thread of a CPU, or of each of 512 blocks of a GPU. */
    private static final long RANGE_BYTES = 64;

    private static final long BLOCK_RANGES_BYTES = 512 * 8;

    static DynamicQuantizeLinear read(Attributes attributes) {
        return new DynamicQuantizeLinear();
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        if (in.dtype(0) != DType.FLOAT32) {
            throw new IllegalArgumentException(name() + ": expected float32, given " + in.get(0));
        }
        List<TensorType> all = List.of(
                in.get(0).with(DType.UINT8),
                new TensorType(DType.FLOAT32, Shape.SCALAR),
                new TensorType(DType.UINT8, Shape.SCALAR));
        return all.subList(0, Math.min(in.outputs(), 3));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor x = in.get(0);
        Range range = Range.of(x);
        for (int i = 0; i < x.size(); i++) {
            Quantized.quantize(out.get(0), i, (float) x.getDouble(i) / range.scale, range.zero, true);
        }
        if (out.size() > 1) {
            out.get(1).set(0, range.scale);
        }
        if (out.size() > 2) {
            out.get(2).set(0, (long) range.zero);
        }
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        if (in.shape(0).rank() > 8) {
            return Optional.empty();
        }
        Launch launch = Launch.of("dynamic_quantize", in.dtype(0))
                .input(0)
                .scratch(BLOCK_RANGES_BYTES)
                .scratchPerThread(RANGE_BYTES);
        for (int i = 0; i < out.size(); i++) {
            launch.output(i);
        }
        return Optional.of(launch);
    }

    /** Scale and zero point of a tensor of floats. */
    record Range(float scale, int zero) {
        static Range of(HostTensor x) {
            float min = 0;
            float max = 0;
            for (int i = 0; i < x.size(); i++) {
                min = Math.min(min, (float) x.getDouble(i));
                max = Math.max(max, (float) x.getDouble(i));
            }
            float scale = max == min ? 1 : (max - min) / 255;
            // NaN becomes 0.
            int zero = (int) Math.min(255, Math.max(0, Math.rint(-min / scale)));
            return new Range(scale, zero);
        }
    }
}

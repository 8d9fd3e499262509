package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.TensorType;
import java.util.List;

/** The bits of x read as another element type of the same width. ONNX BitCast, opset 26. */
public record BitCast(DType to) implements SameBytes {
    static BitCast read(Attributes attributes) {
        return new BitCast(DType.ofCode(Math.toIntExact(attributes.getInt("to"))));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        DType from = in.dtype(0);
        if (from.bits() != to.bits() || (from == DType.STRING) != (to == DType.STRING)) {
            throw new IllegalArgumentException("BitCast: expected a type of the width of " + from + ", which has "
                    + from.bits() + " bits, given " + to);
        }
        return List.of(in.get(0).with(to));
    }
}

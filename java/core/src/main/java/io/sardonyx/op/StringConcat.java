package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;

/** {@code z = x + y} of strings, with broadcasting. ONNX StringConcat, opset 20 on. */
public record StringConcat() implements TensorOperator {
    static StringConcat read(Attributes attributes) {
        return new StringConcat();
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        if (in.dtype(0) != DType.STRING || in.dtype(1) != DType.STRING) {
            throw new IllegalArgumentException(
                    "StringConcat: expected strings, given " + in.get(0) + " and " + in.get(1));
        }
        return List.of(new TensorType(DType.STRING, in.shape(0).broadcast(in.shape(1))));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor z = out.get(0);
        for (int i = 0; i < z.size(); i++) {
            String x = in.get(0).getString(source(in.get(0).shape(), z.shape(), i));
            String y = in.get(1).getString(source(in.get(1).shape(), z.shape(), i));
            z.setString(i, x + y);
        }
    }

    /** The element of a tensor of shape {@code from} that is broadcast to element {@code i} of shape {@code to}. */
    private static int source(Shape from, Shape to, int i) {
        int at = 0;
        int rest = i;
        long[] strides = from.strides();
        for (int axis = to.rank() - 1; axis >= 0; axis--) {
            int index = (int) (rest % to.size(axis));
            rest = (int) (rest / to.size(axis));
            int mine = axis - to.rank() + from.rank();
            if (mine >= 0 && from.size(mine) > 1) {
                at += index * (int) strides[mine];
            }
        }
        return at;
    }
}

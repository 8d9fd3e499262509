package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/** {@code y = condition ? a : b}, element by element; all three broadcast. ONNX Where, opsets 9 to 16, any element type. */
public record Where() implements TensorOperator {
    static Where read(Attributes attributes) {
        return new Where();
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        Domain.BOOL.require("Where", in.get(0));
        TensorType a = in.get(1);
        TensorType b = in.get(2);
        if (a.dtype() != b.dtype()) {
            throw new IllegalArgumentException("Where: operands differ in type: " + a + " and " + b);
        }
        Shape shape = Broadcast.shape("Where", Broadcast.shape("Where", in.shape(0), a.shape()), b.shape());
        return List.of(shape.equals(a.shape()) ? a : a.with(shape));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor y = out.get(0);
        IntUnaryOperator condition = Broadcast.positions(in.get(0).shape(), y.shape());
        IntUnaryOperator first = Broadcast.positions(in.get(1).shape(), y.shape());
        IntUnaryOperator second = Broadcast.positions(in.get(2).shape(), y.shape());
        for (int i = 0; i < y.size(); i++) {
            if (in.get(0).getBoolean(condition.applyAsInt(i))) {
                y.copy(i, in.get(1), first.applyAsInt(i));
            } else {
                y.copy(i, in.get(2), second.applyAsInt(i));
            }
        }
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        DType dtype = in.dtype(1);
        if (out.get(0).shape().rank() > 8 || dtype.bits() < 8) {
            return Optional.empty();
        }
        Launch launch = Launch.ofKey("where.b" + dtype.bits() / 8)
                .input(0)
                .input(1)
                .input(2)
                .output(0);
        if (in.get(1).equals(out.get(0))) {
            launch.inPlace(1);
        } else if (in.get(2).equals(out.get(0))) {
            launch.inPlace(2);
        }
        return Optional.of(launch);
    }
}

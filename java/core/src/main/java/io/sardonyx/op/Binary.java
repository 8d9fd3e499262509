package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/** {@code c = f(a, b)}, element by element, over operands of one type that broadcast. A member gives f and its kernel's name. */
interface Binary extends TensorOperator {
    /** {@code c[k] = f(a[i], b[j])}. */
    void apply(HostTensor a, int i, HostTensor b, int j, HostTensor c, int k);

    /** The kernel's key without its type. */
    String kernel();

    Domain domain();

    default Alignment alignment() {
        return Alignment.NUMPY;
    }

    default DType result(DType operand) {
        return operand;
    }

    @Override
    default List<TensorType> infer(InputTypes in) {
        TensorType a = in.get(0);
        TensorType b = in.get(1);
        domain().require(name(), a);
        if (a.dtype() != b.dtype()) {
            throw new IllegalArgumentException(name() + ": operands differ in type: " + a + " and " + b);
        }
        Shape shape = alignment().result(name(), a.shape(), b.shape());
        DType dtype = result(a.dtype());
        return List.of(dtype == a.dtype() && shape.equals(a.shape()) ? a : new TensorType(dtype, shape));
    }

    @Override
    default void reference(Inputs in, List<HostTensor> out) {
        HostTensor a = in.get(0);
        HostTensor b = in.get(1);
        HostTensor c = out.get(0);
        IntUnaryOperator left = Broadcast.positions(a.shape(), c.shape());
        IntUnaryOperator right = Broadcast.positions(alignment().second(a.shape(), b.shape()), c.shape());
        for (int k = 0; k < c.size(); k++) {
            apply(a, left.applyAsInt(k), b, right.applyAsInt(k), c, k);
        }
    }

    @Override
    default Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        return launch(kernel() + "." + in.dtype(0).key(), in, out);
    }

    /** A launch of the kernel {@code key} over two broadcast operands, whose only parameter is the number of axes to append to the second. */
    default Optional<Launch> launch(String key, InputTypes in, List<TensorType> out) {
        TensorType a = in.get(0);
        TensorType b = in.get(1);
        TensorType c = out.get(0);
        int trailing = alignment().trailing(a.shape(), b.shape());
        if (c.shape().rank() > 8) {
            return Optional.empty();
        }
        Launch launch = Launch.ofKey(key).input(0).input(1).output(0).param(trailing);
        if (a.equals(c)) {
            launch.inPlace(0);
        } else if (b.equals(c)) {
            launch.inPlace(1);
        }
        return Optional.of(launch);
    }

    @Override
    default boolean elementwise() {
        return alignment().equals(Alignment.NUMPY);
    }
}

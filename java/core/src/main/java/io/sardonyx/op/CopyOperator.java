package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/** An operator that is one {@link StridedCopy} of its input, of any type. */
interface CopyOperator extends TensorOperator {
    /** From an input of this shape, which has been checked. */
    StridedCopy copy(Shape x);

    @Override
    default void reference(Inputs in, List<HostTensor> out) {
        copy(in.get(0).shape()).run(in.get(0), out.get(0));
    }

    @Override
    default Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        return copy(in.shape(0)).launch(in.dtype(0)).map(launch -> launch.input(0)
                .output(0));
    }
}

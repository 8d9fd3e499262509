package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/** Operators whose output is their first input under another shape or type. A planner lets both share memory; else it is a copy. */
interface SameBytes extends DataMovement {
    @Override
    default void reference(Inputs in, List<HostTensor> out) {
        out.get(0).copyAll(in.get(0));
    }

    @Override
    default Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        return out.get(0).dtype() != DType.STRING && DataMovement.fitsKernels(in, out)
                ? Optional.of(Launch.ofKey("copy")
                        .input(0)
                        .output(0)
                        .param(out.get(0).byteSize())
                        .inPlace(0))
                : Optional.empty();
    }

    @Override
    default boolean aliases() {
        return true;
    }
}

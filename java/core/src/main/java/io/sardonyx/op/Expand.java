package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/** The input broadcast together with the shape that input 1 lists. ONNX Expand, all opsets. */
public record Expand() implements DataMovement {
    static Expand read(Attributes attributes) {
        return new Expand();
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        return List.of(in.get(0).with(in.shape(0).broadcast(Shape.of(integers(in, 1)))));
    }

    private static StridedCopy copy(Shape from, Shape to) {
        long[] strides = new long[to.rank()];
        int shift = to.rank() - from.rank();
        for (int i = 0; i < from.rank(); i++) {
            strides[shift + i] = from.size(i) == 1 ? 0 : from.strides()[i];
        }
        return StridedCopy.toDense(to, 0, strides);
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        copy(in.get(0).shape(), out.get(0).shape()).run(in.get(0), out.get(0));
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        return DataMovement.fitsKernels(in, out)
                ? copy(in.shape(0), out.get(0).shape()).launch(in.dtype(0)).map(launch -> launch.input(0)
                        .output(0))
                : Optional.empty();
    }
}

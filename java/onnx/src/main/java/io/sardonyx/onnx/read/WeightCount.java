package io.sardonyx.onnx.read;

import io.sardonyx.onnx.Where;
import io.sardonyx.onnx.proto.SparseTensorProto;
import io.sardonyx.onnx.proto.TensorProto;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import java.util.List;
import java.util.Optional;

/** Adds up the sizes of initializers and leaves their data alone. */
final class WeightCount implements Initializers {
    /** Stands for every initializer in a graph that nobody will run. */
    private static final HostTensor NOTHING = HostTensor.of(Shape.of(0), new float[0]);

    private final Unsupported unsupported;
    private long elements;
    private long bytes;

    WeightCount(Unsupported unsupported) {
        this.unsupported = unsupported;
    }

    @Override
    public Optional<HostTensor> read(TensorProto tensor, Where where) {
        count(tensor, tensor.getDimsList(), where);
        return Optional.of(NOTHING);
    }

    @Override
    public Optional<HostTensor> readSparse(SparseTensorProto tensor, Where where) {
        count(tensor.getValues(), tensor.getDimsList(), where);
        return Optional.of(NOTHING);
    }

    private void count(TensorProto tensor, List<Long> dims, Where where) {
        TensorReader.type(tensor, dims, where, unsupported).ifPresent(type -> {
            elements = saturated(elements, type.shape().elements());
            bytes = saturated(bytes, type.byteSize());
        });
    }

    private static long saturated(long a, long b) {
        return a + b < 0 ? Long.MAX_VALUE : a + b;
    }

    long elements() {
        return elements;
    }

    long bytes() {
        return bytes;
    }
}

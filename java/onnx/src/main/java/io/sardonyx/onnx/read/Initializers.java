package io.sardonyx.onnx.read;

import io.sardonyx.onnx.Where;
import io.sardonyx.onnx.proto.SparseTensorProto;
import io.sardonyx.onnx.proto.TensorProto;
import io.sardonyx.tensor.HostTensor;
import java.util.Optional;

/** What becomes of a graph's initializers: {@link TensorReader} reads them, {@link WeightCount} only looks. */
interface Initializers {
    /** Empty if it is of a kind that is not supported, which is noted then. */
    Optional<HostTensor> read(TensorProto tensor, Where where);

    /** A sparse one as a dense one. */
    Optional<HostTensor> readSparse(SparseTensorProto tensor, Where where);
}

package io.sardonyx.onnx.read;

import io.sardonyx.onnx.proto.TensorProto;
import io.sardonyx.tensor.HostTensor;
import java.util.Map;
import java.util.Optional;

/**
 * The raw data of tensors that were read without.
 *
 * @param cuts by the tensor's own message, since a file could name anything
 */
record DeferredData(Map<TensorProto, ModelSkeleton.Cut> cuts, WeightFile file) {
    static final DeferredData NONE = new DeferredData(Map.of(), null);

    /** How many bytes a tensor's raw data have, if they are here. */
    Optional<Integer> length(TensorProto tensor) {
        return cuts.isEmpty()
                ? Optional.empty()
                : Optional.ofNullable(cuts.get(tensor)).map(ModelSkeleton.Cut::length);
    }

    HostTensor.Source source(TensorProto tensor) {
        return file.at(cuts.get(tensor).offset());
    }
}

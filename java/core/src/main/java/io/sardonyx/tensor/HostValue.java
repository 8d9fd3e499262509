package io.sardonyx.tensor;

import java.util.List;
import java.util.Optional;

/** A value in host memory: what graph edges carry between Java steps. */
public sealed interface HostValue permits HostTensor, HostValue.HostSequence, HostValue.HostOptional {
    /** ONNX's sequence; immutable. {@code element} is the type of its members as far as it is known (shape of a tensor: any). */
    record HostSequence(List<HostValue> items) implements HostValue {
        public HostSequence {
            items = List.copyOf(items);
        }
    }

    /** ONNX's optional. */
    record HostOptional(Optional<HostValue> value) implements HostValue {}
}

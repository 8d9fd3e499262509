package io.sardonyx.onnx.plan;

import io.sardonyx.device.Memory;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.HostValue;
import io.sardonyx.tensor.TensorType;

/** A value given to a run. */
public sealed interface Feed {
    /** A dense tensor in the memory of the plan's device. */
    record OnDevice(TensorType type, Memory memory) implements Feed {}

    /** Any value on the host; tensors are brought to the device. */
    record OnHost(HostValue value) implements Feed {}

    /** What plans are cached by: a tensor's type, or the kind of another value. */
    default Object key() {
        if (this instanceof OnDevice device) {
            return device.type;
        }
        HostValue value = ((OnHost) this).value;
        return value instanceof HostTensor tensor ? tensor.type() : value.getClass();
    }
}

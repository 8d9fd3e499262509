package io.sardonyx.collective;

import io.sardonyx.device.Memory;
import io.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** The memory of a call's tensors, which stays theirs until this is closed, even if they are closed before. */
final class TensorLease implements AutoCloseable {
    private final List<Tensor> held = new ArrayList<>();
    private final List<Memory> in;
    private final List<Memory> out;

    /**
     * @param out of the same number as {@code in}, and possibly the same tensors
     * @throws IllegalStateException if one of them is closed
     */
    TensorLease(List<Tensor> in, List<Tensor> out) {
        try {
            this.in = in.stream().map(this::lease).toList();
            this.out = out.equals(in) ? this.in : out.stream().map(this::lease).toList();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private Memory lease(Tensor tensor) {
        Memory memory = tensor.lease();
        held.add(tensor);
        return memory;
    }

    List<Memory> in() {
        return in;
    }

    List<Memory> out() {
        return out;
    }

    @Override
    public void close() {
        held.forEach(Tensor::endLease);
        held.clear();
    }
}

package io.sardonyx.collective;

import io.sardonyx.device.Memory;
import io.sardonyx.tensor.Tensor;
import io.sardonyx.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;

/** The memory of a call's tensors, which stays theirs until this is closed, even if they are closed before. */
final class TensorLease implements AutoCloseable {
    private final List<Tensor> held = new ArrayList<>();
    private Memory in;
    private Memory out;
    private Memory residual;
    private Memory weight;
    private TensorType inType;
    private TensorType outType;

    private TensorLease() {}

    /** Of a barrier. */
    static TensorLease none() {
        return new TensorLease();
    }

    /**
     * @param out may be {@code in}
     * @throws IllegalStateException if one of them is closed
     */
    static TensorLease of(Tensor in, Tensor out) {
        TensorLease lease = new TensorLease();
        lease.inType = in.type();
        lease.outType = out.type();
        try {
            lease.in = lease.take(in);
            lease.out = out == in ? lease.in : lease.take(out);
            return lease;
        } catch (RuntimeException e) {
            lease.close();
            throw e;
        }
    }

    /** The same of a call with more tensors, which are others. */
    static TensorLease of(Tensor in, Tensor out, Tensor residual, Tensor weight) {
        TensorLease lease = of(in, out);
        try {
            lease.residual = lease.take(residual);
            lease.weight = lease.take(weight);
            return lease;
        } catch (RuntimeException e) {
            lease.close();
            throw e;
        }
    }

    private Memory take(Tensor tensor) {
        Memory memory = tensor.lease();
        held.add(tensor);
        return memory;
    }

    Memory in() {
        return in;
    }

    Memory out() {
        return out;
    }

    /** Null but in calls that have one; so is {@link #weight}. */
    Memory residual() {
        return residual;
    }

    Memory weight() {
        return weight;
    }

    TensorType inType() {
        return inType;
    }

    TensorType outType() {
        return outType;
    }

    @Override
    public void close() {
        held.forEach(Tensor::endLease);
        held.clear();
    }
}

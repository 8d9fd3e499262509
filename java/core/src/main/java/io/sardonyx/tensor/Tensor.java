package io.sardonyx.tensor;

import io.sardonyx.device.Device;
import io.sardonyx.device.Devices;
import io.sardonyx.device.Memory;

/**
 * A dense n-dimensional array on a device. Its elements do not change shape or type; operations make new tensors, on the device
 * of their operands.
 *
 * <p>Ownership: the innermost open {@link TensorScope} owns a tensor unless it is {@linkplain #keep kept}; without a scope, whoever
 * made it closes it. {@link #close} may be called twice; every use after it is an {@code IllegalStateException}. A forgotten
 * tensor is freed by the garbage collector and {@linkplain LeakReport reported}.
 */
public final class Tensor implements AutoCloseable {
    private final TensorType type;
    private final TensorOwner owner;
    private TensorScope scope;

    private Tensor(TensorType type, TensorOwner owner) {
        this.type = type;
        this.owner = owner;
        this.scope = TensorScope.adopt(this);
    }

    /** A float32 tensor on the best device, copied from {@code values}. */
    public static Tensor of(float[] values, long... sizes) {
        return of(HostTensor.of(Shape.of(sizes), values));
    }

    /** An int64 tensor on the best device, copied from {@code values}. */
    public static Tensor of(long[] values, long... sizes) {
        return of(HostTensor.of(Shape.of(sizes), values));
    }

    /** A copy of {@code value} on the best device. */
    public static Tensor of(HostTensor value) {
        return of(value, Devices.best());
    }

    /** A copy of {@code value} on {@code device}. */
    public static Tensor of(HostTensor value, Device device) {
        if (value.dtype() == DType.STRING) {
            return new Tensor(value.type(), TensorOwner.of(device, value.copy()));
        }
        Memory memory = device.allocate(value.type().byteSize());
        memory.buffer(0, (int) memory.byteSize()).put(value.data());
        return adopt(value.type(), device, memory);
    }

    /** A tensor that takes over {@code memory}: a dense tensor of {@code type} on {@code device}. */
    public static Tensor adopt(TensorType type, Device device, Memory memory) {
        return new Tensor(type, TensorOwner.of(device, memory, type));
    }

    public TensorType type() {
        return type;
    }

    public DType dtype() {
        return type.dtype();
    }

    public Shape shape() {
        return type.shape();
    }

    public Device device() {
        return owner.device();
    }

    /** A copy of the elements in host memory. */
    public HostTensor toHost() {
        if (type.dtype() == DType.STRING) {
            requireOpen();
            return owner.strings().copy();
        }
        Memory memory = owner.lease();
        try {
            return HostTensor.wrap(type, memory.buffer(0, Math.toIntExact(type.byteSize())))
                    .copy();
        } finally {
            owner.endLease();
        }
    }

    /** A copy of the elements as floats, rounded where needed. */
    public float[] toFloatArray() {
        return toHost().toFloats();
    }

    /** A copy of the elements as longs. */
    public long[] toLongArray() {
        return toHost().toLongs();
    }

    /** The memory for as long as a run uses it; to be followed by {@link #endLease}. For runtimes, not for users. */
    public Memory lease() {
        return owner.lease();
    }

    public void endLease() {
        owner.endLease();
    }

    /** Takes this out of the scope that owns it; the caller closes it. */
    public Tensor keep() {
        if (scope != null) {
            scope.release(this);
            scope = null;
        }
        return this;
    }

    private void requireOpen() {
        if (owner.isClosed()) {
            throw new IllegalStateException("the tensor " + type + " is closed");
        }
    }

    @Override
    public void close() {
        keep();
        owner.close();
    }

    @Override
    public String toString() {
        return "Tensor " + type + " " + device().name();
    }
}

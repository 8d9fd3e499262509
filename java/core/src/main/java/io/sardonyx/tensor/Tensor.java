package io.sardonyx.tensor;

import io.sardonyx.device.Device;
import io.sardonyx.device.Devices;
import io.sardonyx.device.Launch;
import io.sardonyx.device.Memory;
import io.sardonyx.op.Concat;
import io.sardonyx.op.StridedCopy;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * An n-dimensional array on a device. Operations make new tensors, on the device of their operands; views ({@link #get}, {@link
 * #transpose}, {@link #permute}, {@link #broadcastTo} …) share the memory of the tensor they look at, and end with it.
 *
 * <p>Ownership: the innermost open {@link TensorScope} owns a tensor unless it is {@linkplain #keep kept}; without a scope, whoever
 * made it closes it. {@link #close} may be called twice; every use after it is an {@code IllegalStateException}. A forgotten
 * tensor is freed by the garbage collector and {@linkplain LeakReport reported}.
 */
public final class Tensor extends TensorOperations implements AutoCloseable {
    private final TensorType type;
    private final TensorOwner owner;
    /** Empty for a dense tensor that begins where its memory begins. */
    private final Optional<Layout> view;

    private TensorScope scope;

    private Tensor(TensorType type, TensorOwner owner, Optional<Layout> view) {
        this.type = type;
        this.owner = owner;
        this.view = view;
        this.scope = view.isEmpty() ? TensorScope.adopt(this) : null;
    }

    // --- making tensors ---

    /** A float32 tensor on the best device, copied from {@code values}. */
    public static Tensor of(float[] values, long... sizes) {
        return of(HostTensor.of(Shape.of(sizes), values));
    }

    /** A float64 tensor on the best device, copied from {@code values}. */
    public static Tensor of(double[] values, long... sizes) {
        return of(HostTensor.of(DType.FLOAT64, Shape.of(sizes), values));
    }

    /** An int64 tensor on the best device, copied from {@code values}. */
    public static Tensor of(long[] values, long... sizes) {
        return of(HostTensor.of(Shape.of(sizes), values));
    }

    /** An int32 tensor on the best device, copied from {@code values}. */
    public static Tensor of(int[] values, long... sizes) {
        return of(HostTensor.of(
                DType.INT32,
                Shape.of(sizes),
                Arrays.stream(values).asDoubleStream().toArray()));
    }

    /** A string tensor. */
    public static Tensor of(String[] values, long... sizes) {
        return of(HostTensor.of(Shape.of(sizes), values));
    }

    /** A copy of {@code value} on the best device. */
    public static Tensor of(HostTensor value) {
        return of(value, Devices.best());
    }

    /** A copy of {@code value} on {@code device}. */
    public static Tensor of(HostTensor value, Device device) {
        if (value.dtype() == DType.STRING) {
            return new Tensor(value.type(), TensorOwner.of(device, value.copy()), Optional.empty());
        }
        Memory memory = device.allocate(value.type().byteSize());
        try {
            value.write(memory, 0);
        } catch (RuntimeException | Error e) {
            memory.close();
            throw e;
        }
        return adopt(value.type(), device, memory);
    }

    /** A tensor that takes over {@code memory}: a dense tensor of {@code type} on {@code device}. */
    public static Tensor adopt(TensorType type, Device device, Memory memory) {
        return new Tensor(type, TensorOwner.of(device, memory, type), Optional.empty());
    }

    /**
     * A tensor of the bytes of {@code buffer} from its position on, not copied: what one writes the other reads. The buffer is
     * direct, little-endian, and must hold the whole tensor.
     */
    public static Tensor wrap(ByteBuffer buffer, DType dtype, long... sizes) {
        TensorType type = TensorType.of(dtype, sizes);
        if (dtype == DType.STRING || buffer.remaining() < type.byteSize()) {
            throw new IllegalArgumentException(
                    "wrap: " + type + " takes " + type.byteSize() + " bytes, the buffer has " + buffer.remaining());
        }
        Device device = Devices.best();
        return adopt(type, device, device.wrap(buffer.slice().limit((int) type.byteSize())));
    }

    public static Tensor zeros(DType dtype, long... sizes) {
        return of(HostTensor.allocate(TensorType.of(dtype, sizes)));
    }

    public static Tensor full(DType dtype, double value, long... sizes) {
        HostTensor tensor = HostTensor.allocate(TensorType.of(dtype, sizes));
        for (int i = 0; i < tensor.size(); i++) {
            tensor.set(i, value);
        }
        return of(tensor);
    }

    /** {@code 0, 1, … count − 1} */
    public static Tensor arange(DType dtype, long count) {
        HostTensor tensor = HostTensor.allocate(TensorType.of(dtype, count));
        for (int i = 0; i < tensor.size(); i++) {
            tensor.set(i, (long) i);
        }
        return of(tensor);
    }

    /** Normal(0, 1) from {@link Random#nextGaussian} of this seed, so that it can be repeated anywhere. */
    public static Tensor randn(DType dtype, long seed, long... sizes) {
        Random random = new Random(seed);
        HostTensor tensor = HostTensor.allocate(TensorType.of(dtype, sizes));
        for (int i = 0; i < tensor.size(); i++) {
            tensor.set(i, random.nextGaussian());
        }
        return of(tensor);
    }

    /** Uniform in [0, 1) from {@link Random#nextDouble} of this seed. */
    public static Tensor rand(DType dtype, long seed, long... sizes) {
        Random random = new Random(seed);
        HostTensor tensor = HostTensor.allocate(TensorType.of(dtype, sizes));
        for (int i = 0; i < tensor.size(); i++) {
            tensor.set(i, random.nextDouble());
        }
        return of(tensor);
    }

    /** The tensors one behind the other along {@code axis}. */
    public static Tensor concat(long axis, Tensor... tensors) {
        return Eager.run(new Concat(axis), tensors);
    }

    // --- what it is ---

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

    // --- its elements ---

    /** A copy of the elements in host memory. */
    public HostTensor toHost() {
        if (type.dtype() == DType.STRING) {
            requireOpen();
            return owner.strings().copy();
        }
        Tensor dense = dense();
        Memory memory = dense.owner.lease();
        try {
            return HostTensor.read(type, memory, 0);
        } finally {
            dense.owner.endLease();
            if (dense != this) {
                dense.close();
            }
        }
    }

    /** A copy of the elements as floats, rounded where needed. */
    public float[] toFloatArray() {
        return toHost().toFloats();
    }

    public double[] toDoubleArray() {
        return toHost().toDoubles();
    }

    /** A copy of the elements as longs; floats are truncated. */
    public long[] toLongArray() {
        return toHost().toLongs();
    }

    /** The only element. */
    public double item() {
        if (shape().elements() != 1) {
            throw new IllegalArgumentException("item: expected one element, given " + type);
        }
        return toHost().getDouble(0);
    }

    // --- views ---

    /** What {@code indices} select, as in {@code x.get(Index.at(0), Index.range(1, 3))}; a view. */
    public Tensor get(Index... indices) {
        return look(Index.select(layout(), indices));
    }

    /** As {@link #get(Index...)}, in NumPy's notation: {@code x.get("0, 1:3")}; a view. */
    public Tensor get(String indices) {
        return get(Index.parse(indices));
    }

    /** The last two axes exchanged; a view. */
    public Tensor transpose() {
        int rank = shape().rank();
        if (rank < 2) {
            throw new IllegalArgumentException("transpose: expected two axes or more, given " + type);
        }
        int[] axes = new int[rank];
        Arrays.setAll(axes, i -> i < rank - 2 ? i : 2 * rank - 3 - i);
        return look(layout().permute(axes));
    }

    /** Axis {@code i} of the result is axis {@code axes[i]} of this; a view. */
    public Tensor permute(int... axes) {
        int[] given = Arrays.stream(axes).map(axis -> shape().axis(axis)).toArray();
        if (given.length != shape().rank() || Arrays.stream(given).distinct().count() != given.length) {
            throw new IllegalArgumentException(
                    "permute: " + Arrays.toString(axes) + " does not name each axis of " + type + " once");
        }
        return look(layout().permute(given));
    }

    /** Stretched by NumPy's rule; a view. */
    public Tensor broadcastTo(long... sizes) {
        return look(layout().broadcast(Shape.of(sizes)));
    }

    /** With a new axis of size 1 before axis {@code axis}; a view. */
    public Tensor unsqueeze(int axis) {
        int rank = shape().rank() + 1;
        if (axis < -rank || axis >= rank) {
            throw new IllegalArgumentException("unsqueeze: axis " + axis + " is out of range for " + type);
        }
        return look(layout().unsqueeze(axis < 0 ? axis + rank : axis));
    }

    /** Without axis {@code axis}, whose size is 1; a view. */
    public Tensor squeeze(int axis) {
        if (shape().size(axis) != 1) {
            throw new IllegalArgumentException("squeeze: axis " + axis + " of " + type + " is not 1");
        }
        return look(layout().squeeze(shape().axis(axis)));
    }

    /** The same elements under another shape; one size may be −1. A view if the elements lie densely, else a copy. */
    public Tensor reshape(long... sizes) {
        Shape shape = inferred(sizes);
        if (layout().isDense()) {
            return look(layout().reshape(shape));
        }
        return copyOfView(type.with(shape));
    }

    private Shape inferred(long... sizes) {
        long[] result = sizes.clone();
        long known = 1;
        int open = -1;
        for (int i = 0; i < sizes.length; i++) {
            if (sizes[i] == -1 && open < 0) {
                open = i;
            } else {
                known = Math.multiplyExact(known, sizes[i]);
            }
        }
        if (open >= 0) {
            result[open] = known == 0 ? 0 : shape().elements() / known;
        }
        if (Arrays.stream(result).anyMatch(size -> size < 0) || Shape.of(result).elements() != shape().elements()) {
            throw new IllegalArgumentException("reshape: " + type + " does not fit " + Arrays.toString(sizes));
        }
        return Shape.of(result);
    }

    private Layout layout() {
        return view.orElseGet(() -> Layout.dense(type.shape()));
    }

    private Tensor look(Layout layout) {
        requireOpen();
        if (type.dtype().bits() < 8) {
            throw new IllegalArgumentException("views are for elements of whole bytes, not for " + type);
        }
        return new Tensor(type.with(layout.shape()), owner, Optional.of(layout));
    }

    /** This tensor, or a dense copy of a view. */
    Tensor dense() {
        return view.isEmpty() ? this : copyOfView(type);
    }

    /** The elements of a view in its order, as a dense tensor of {@code result}: by the device where it can, else through the host. */
    private Tensor copyOfView(TensorType result) {
        Layout layout = view.orElseThrow();
        StridedCopy copy = StridedCopy.toDense(layout.shape(), layout.offset(), layout.strides());
        Memory source = owner.lease();
        Memory target = null;
        try {
            target = device().allocate(result.byteSize());
            TensorType all =
                    TensorType.of(type.dtype(), source.byteSize() / type.dtype().byteSize(1));
            Optional<Launch> launch = copy.launch(type.dtype()).flatMap(device()::choose);
            if (launch.isPresent()) {
                device().launch(
                                launch.get().input(0).output(0),
                                List.of(all),
                                new Memory[] {source},
                                List.of(result),
                                new Memory[] {target});
            } else {
                HostTensor dense = HostTensor.allocate(result);
                copy.run(HostTensor.view(all, source, 0), dense);
                dense.write(target, 0);
            }
        } catch (RuntimeException | Error e) {
            if (target != null) {
                target.close();
            }
            throw e;
        } finally {
            owner.endLease();
        }
        return adopt(result, device(), target);
    }

    // --- moving ---

    /** A copy on {@code device}, or this tensor if it is there. */
    public Tensor to(Device device) {
        if (device == device()) {
            return this;
        }
        Device copying = device.reaches(device()) ? device : device();
        if (type.dtype() == DType.STRING || !copying.reaches(device()) || !copying.reaches(device)) {
            return of(toHost(), device);
        }
        Tensor dense = dense();
        Memory source = dense.owner.lease();
        Memory target = null;
        try {
            target = device.allocate(type.byteSize());
            copying.copy(target, 0, source, 0, type.byteSize());
        } catch (RuntimeException | Error e) {
            if (target != null) {
                target.close();
            }
            throw e;
        } finally {
            dense.owner.endLease();
            if (dense != this) {
                dense.close();
            }
        }
        return adopt(type, device, target);
    }

    @Override
    Tensor self() {
        return this;
    }

    @Override
    Tensor scalar(double value) {
        return of(HostTensor.of(dtype(), Shape.SCALAR, value), device());
    }

    // --- lifetime ---

    /** The memory of a dense tensor for as long as a run uses it; to be followed by {@link #endLease}. For runtimes. */
    public Memory lease() {
        return owner.lease();
    }

    public void endLease() {
        owner.endLease();
    }

    /** Whether this looks at the memory of another tensor. */
    public boolean isView() {
        return view.isPresent();
    }

    /** Takes this out of the scope that owns it; the caller closes it. A view becomes a tensor of its own. */
    public Tensor keep() {
        if (isView()) {
            return dense().keep();
        }
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

    /** Frees the memory, once no operation uses it; views of it end too. Closing a view does nothing. */
    @Override
    public void close() {
        if (!isView()) {
            keep();
            owner.close();
        }
    }

    /** Type and device, then the elements as NumPy prints them; a closed tensor says that it is. */
    @Override
    public String toString() {
        return owner.isClosed() ? "Tensor " + type + " (closed)" : TensorText.of(toHost(), device().name());
    }
}

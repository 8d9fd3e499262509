package io.sardonyx.tensor;

import io.sardonyx.device.Memory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The elements of a dense row-major tensor in host memory, as the reference operators see them: readable as {@code double},
 * {@code long} or {@code String} whatever the element type is. Does not own its buffer.
 */
public final class HostTensor implements HostValue {
    private final TensorType type;
    private final int size;
    private final HostBytes data;
    private final String[] strings;

    private HostTensor(TensorType type, HostBytes data, String[] strings) {
        this.type = type;
        this.size = Math.toIntExact(type.shape().elements());
        this.data = data;
        this.strings = strings;
    }

    /**
     * A tensor on the Java heap, zeroed (strings: empty).
     *
     * @throws IllegalArgumentException if it takes 2 GiB or more
     */
    public static HostTensor allocate(TensorType type) {
        long elements = type.shape().elements();
        if (elements > Integer.MAX_VALUE - 16 || type.byteSize() > Integer.MAX_VALUE - 16) {
            throw new IllegalArgumentException(
                    "the reference device holds tensors below 2 GiB; " + type + " takes " + type.byteSize() + " bytes");
        }
        if (type.dtype() == DType.STRING) {
            String[] strings = new String[(int) elements];
            Arrays.fill(strings, "");
            return new HostTensor(type, null, strings);
        }
        return wrap(type, ByteBuffer.allocate((int) type.byteSize()));
    }

    /** A tensor of which only the type is known; reading an element fails. For operators that read only types. */
    public static HostTensor withoutData(TensorType type) {
        return new HostTensor(type);
    }

    private HostTensor(TensorType type) {
        this.type = type;
        this.size = (int) Math.min(type.shape().elements(), Integer.MAX_VALUE);
        this.data = HostBytes.of(ByteBuffer.allocate(0));
        this.strings = null;
    }

    /** The bytes of {@code data} from its position on, not copied; they are read as little-endian. */
    public static HostTensor wrap(TensorType type, ByteBuffer data) {
        if (data.remaining() < type.byteSize()) {
            throw new IllegalArgumentException(
                    type + " takes " + type.byteSize() + " bytes, given " + data.remaining());
        }
        return new HostTensor(type, HostBytes.of(data.slice()), null);
    }

    /** Where a tensor's bytes can be had from. */
    @FunctionalInterface
    public interface Source {
        /** Fills what remains of {@code to} with all the bytes of the tensor. */
        void read(ByteBuffer to);
    }

    /**
     * A tensor whose bytes {@code source} brings when they are first asked for; they stay then. For weights, which may never be
     * needed in this form; not for strings.
     */
    public static HostTensor deferred(TensorType type, Source source) {
        return new HostTensor(type, HostBytes.from(source), null);
    }

    /** Whether {@link #data} would have to fetch the bytes. */
    public boolean isDeferred() {
        return data != null && data.isDeferred();
    }

    /** Lets go of the bytes; if they are asked for again, {@code source} brings the same. Buffers of them stay valid. */
    public void defer(Source source) {
        data.defer(source);
    }

    /** Fills what remains of {@code to} with the bytes, of which there are as many; deferred ones stay so. */
    public void read(ByteBuffer to) {
        data.read(to);
    }

    /** The elements that lie at {@code offset} of {@code memory}, shared where Java can reach them, else a copy. */
    public static HostTensor view(TensorType type, Memory memory, long offset) {
        return memory.onHost()
                ? wrap(type, memory.buffer(offset, Math.toIntExact(type.byteSize())))
                : read(type, memory, offset);
    }

    /** A copy of the elements that lie at {@code offset} of {@code memory}. */
    public static HostTensor read(TensorType type, Memory memory, long offset) {
        HostTensor t = allocate(type);
        memory.read(offset, t.data());
        return t;
    }

    /** Writes the elements to {@code offset} of {@code memory}. Deferred bytes stay so. */
    public void write(Memory memory, long offset) {
        int bytes = (int) type.byteSize();
        if (!isDeferred()) {
            memory.write(offset, data().limit(bytes));
        } else if (memory.onHost()) {
            data.read(memory.buffer(offset, bytes));
        } else {
            ByteBuffer between = ByteBuffer.allocateDirect(bytes);
            data.read(between);
            memory.write(offset, between.flip());
        }
    }

    public static HostTensor of(Shape shape, float... values) {
        HostTensor t = allocate(new TensorType(DType.FLOAT32, shape));
        t.bytes().asFloatBuffer().put(values, 0, t.requireCount(values.length));
        return t;
    }

    public static HostTensor of(Shape shape, long... values) {
        HostTensor t = allocate(new TensorType(DType.INT64, shape));
        t.bytes().asLongBuffer().put(values, 0, t.requireCount(values.length));
        return t;
    }

    public static HostTensor of(Shape shape, String... values) {
        HostTensor t = allocate(new TensorType(DType.STRING, shape));
        System.arraycopy(values, 0, t.strings, 0, t.requireCount(values.length));
        return t;
    }

    /** A tensor of any numeric type with these values, rounded as {@link #set(int, double)} does. */
    public static HostTensor of(DType dtype, Shape shape, double... values) {
        HostTensor t = allocate(new TensorType(dtype, shape));
        t.requireCount(values.length);
        return t.setAll(values);
    }

    private int requireCount(int given) {
        if (given != size) {
            throw new IllegalArgumentException(type + " holds " + size + " elements, given " + given);
        }
        return given;
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

    /** The number of elements. */
    public int size() {
        return size;
    }

    /** The bytes, little-endian, sharing memory; {@code IllegalStateException} for strings. */
    public ByteBuffer data() {
        if (data == null) {
            throw new IllegalStateException("string tensors have no bytes");
        }
        return bytes().duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    private ByteBuffer bytes() {
        return data.get(type.byteSize());
    }

    /** The same elements under another shape with as many elements. */
    public HostTensor reshaped(Shape shape) {
        if (shape.elements() != size) {
            throw new IllegalArgumentException("cannot view " + type + " as " + shape);
        }
        return new HostTensor(type.with(shape), data, strings);
    }

    /** Element {@code i} as a double; bool gives 0 or 1, complex its real part, uint64 is rounded. */
    public double getDouble(int i) {
        return switch (dtype()) {
            case FLOAT32 -> bytes().getFloat(4 * i);
            case FLOAT64 -> bytes().getDouble(8 * i);
            case COMPLEX64 -> bytes().getFloat(8 * i);
            case COMPLEX128 -> bytes().getDouble(16 * i);
            case FLOAT16, BFLOAT16 -> MiniFloat.decode(dtype(), bytes().getShort(2 * i));
            case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ, FLOAT8E8M0 ->
                MiniFloat.decode(dtype(), bytes().get(i));
            case FLOAT4E2M1 -> MiniFloat.decode(dtype(), bits(i, 4));
            case UINT64 -> {
                long v = bytes().getLong(8 * i);
                yield v >= 0 ? v : (double) (v >>> 1 | v & 1) * 2;
            }
            default -> getLong(i);
        };
    }

    /** Element {@code i} as a long; uint64 keeps its 64 bits, floats are truncated. */
    public long getLong(int i) {
        return switch (dtype()) {
            case INT8 -> bytes().get(i);
            case UINT8 -> bytes().get(i) & 0xff;
            case BOOL -> bytes().get(i) != 0 ? 1 : 0;
            case INT16 -> bytes().getShort(2 * i);
            case UINT16 -> bytes().getShort(2 * i) & 0xffff;
            case INT32 -> bytes().getInt(4 * i);
            case UINT32 -> bytes().getInt(4 * i) & 0xffffffffL;
            case INT64, UINT64 -> bytes().getLong(8 * i);
            case UINT4 -> bits(i, 4);
            case INT4 -> bits(i, 4) << 28 >> 28;
            case UINT2 -> bits(i, 2);
            case INT2 -> bits(i, 2) << 30 >> 30;
            case STRING -> throw new IllegalStateException("a string is not a number");
            default -> (long) getDouble(i);
        };
    }

    private int bits(int i, int width) {
        int perByte = 8 / width;
        return bytes().get(i / perByte) >>> (i % perByte * width) & ((1 << width) - 1);
    }

    public boolean getBoolean(int i) {
        return dtype().isFloat() ? getDouble(i) != 0 : getLong(i) != 0;
    }

    public String getString(int i) {
        return strings[i];
    }

    /** The imaginary part of complex element {@code i}. */
    public double getImaginary(int i) {
        return dtype() == DType.COMPLEX64 ? bytes().getFloat(8 * i + 4) : bytes().getDouble(16 * i + 8);
    }

    public void setComplex(int i, double real, double imaginary) {
        if (dtype() == DType.COMPLEX64) {
            bytes().putFloat(8 * i, (float) real).putFloat(8 * i + 4, (float) imaginary);
        } else {
            bytes().putDouble(16 * i, real).putDouble(16 * i + 8, imaginary);
        }
    }

    /** Rounds to the nearest value of a float type; integers are truncated towards zero, then wrapped; bool is {@code v != 0}. */
    public void set(int i, double v) {
        switch (dtype()) {
            case FLOAT32 -> bytes().putFloat(4 * i, (float) v);
            case FLOAT64 -> bytes().putDouble(8 * i, v);
            case FLOAT16, BFLOAT16 -> bytes().putShort(2 * i, (short) MiniFloat.encode(dtype(), v));
            case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ, FLOAT8E8M0 ->
                bytes().put(i, (byte) MiniFloat.encode(dtype(), v));
            case FLOAT4E2M1 -> setBits(i, 4, MiniFloat.encode(dtype(), v));
            case COMPLEX64, COMPLEX128 -> setComplex(i, v, 0);
            case BOOL -> bytes().put(i, (byte) (v != 0 ? 1 : 0));
            case UINT64 -> bytes().putLong(8 * i, v >= 0x1p63 ? (long) (v - 0x1p63) + Long.MIN_VALUE : (long) v);
            default -> set(i, (long) v);
        }
    }

    /** Integers are wrapped to the type's width; floats are rounded; bool is {@code v != 0}. */
    public void set(int i, long v) {
        switch (dtype()) {
            case INT8, UINT8 -> bytes().put(i, (byte) v);
            case BOOL -> bytes().put(i, (byte) (v != 0 ? 1 : 0));
            case INT16, UINT16 -> bytes().putShort(2 * i, (short) v);
            case INT32, UINT32 -> bytes().putInt(4 * i, (int) v);
            case INT64, UINT64 -> bytes().putLong(8 * i, v);
            case UINT4, INT4 -> setBits(i, 4, (int) v);
            case UINT2, INT2 -> setBits(i, 2, (int) v);
            case STRING -> throw new IllegalStateException("a number is not a string");
            default -> set(i, (double) v);
        }
    }

    private void setBits(int i, int width, int v) {
        int perByte = 8 / width;
        int shift = i % perByte * width;
        int mask = ((1 << width) - 1) << shift;
        bytes().put(i / perByte, (byte) (bytes().get(i / perByte) & ~mask | v << shift & mask));
    }

    public void setString(int i, String v) {
        strings[i] = v;
    }

    /** Element {@code i} becomes element {@code from} of {@code source}, which has the same element type. */
    public void copy(int i, HostTensor source, int from) {
        switch (dtype().bits()) {
            case 0 -> strings[i] = source.strings[from];
            case 8 -> bytes().put(i, source.bytes().get(from));
            case 16 -> bytes().putShort(2 * i, source.bytes().getShort(2 * from));
            case 32 -> bytes().putInt(4 * i, source.bytes().getInt(4 * from));
            case 64 -> bytes().putLong(8 * i, source.bytes().getLong(8 * from));
            case 128 -> {
                bytes().putLong(16 * i, source.bytes().getLong(16 * from));
                bytes().putLong(16 * i + 8, source.bytes().getLong(16 * from + 8));
            }
            default -> setBits(i, dtype().bits(), source.bits(from, dtype().bits()));
        }
    }

    /** Elements {@code [i, i + count)} become those of {@code source} from {@code from} on; it has the same element type. */
    public void copy(int i, HostTensor source, int from, int count) {
        int bits = dtype().bits();
        if (strings != null) {
            System.arraycopy(source.strings, from, strings, i, count);
        } else if (bits >= 8) {
            int bytes = bits / 8;
            bytes().put(i * bytes, source.bytes(), from * bytes, count * bytes);
        } else {
            for (int k = 0; k < count; k++) {
                setBits(i + k, bits, source.bits(from + k, bits));
            }
        }
    }

    /** All elements of {@code source}, which has the same element type and as many elements. */
    public void copyAll(HostTensor source) {
        requireCount(source.size);
        if (strings != null) {
            System.arraycopy(source.strings, 0, strings, 0, size);
        } else {
            bytes().duplicate().put(0, source.bytes(), 0, (int) type.byteSize());
        }
    }

    /** A copy of all elements as doubles. */
    public double[] toDoubles() {
        double[] result = new double[size];
        for (int i = 0; i < size; i++) {
            result[i] = getDouble(i);
        }
        return result;
    }

    /** A copy of all elements as longs. */
    public long[] toLongs() {
        long[] result = new long[size];
        for (int i = 0; i < size; i++) {
            result[i] = getLong(i);
        }
        return result;
    }

    /** A copy of all elements as floats, rounded where needed. */
    public float[] toFloats() {
        float[] result = new float[size];
        if (dtype() == DType.FLOAT32) {
            bytes().asFloatBuffer().get(result);
        } else {
            for (int i = 0; i < size; i++) {
                result[i] = (float) getDouble(i);
            }
        }
        return result;
    }

    public HostTensor setAll(double[] values) {
        for (int i = 0; i < size; i++) {
            set(i, values[i]);
        }
        return this;
    }

    public HostTensor setAll(long[] values) {
        for (int i = 0; i < size; i++) {
            set(i, values[i]);
        }
        return this;
    }

    /** A copy on the Java heap. */
    public HostTensor copy() {
        HostTensor result = allocate(type);
        result.copyAll(this);
        return result;
    }

    @Override
    public String toString() {
        return type.toString();
    }
}

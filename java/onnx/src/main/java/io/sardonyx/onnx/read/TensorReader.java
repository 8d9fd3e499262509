package io.sardonyx.onnx.read;

import com.google.protobuf.ByteString;
import io.sardonyx.onnx.InvalidShapeException;
import io.sardonyx.onnx.InvalidTensorException;
import io.sardonyx.onnx.Limits;
import io.sardonyx.onnx.ModelLimitException;
import io.sardonyx.onnx.Where;
import io.sardonyx.onnx.proto.SparseTensorProto;
import io.sardonyx.onnx.proto.TensorProto;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Reads tensors. Raw data stay where they are, in memory or in the file; typed fields and external data are copied, within the
 * memory limit.
 */
final class TensorReader implements Initializers {
    private static final int EXTERNAL = 1;

    /** The elements and bytes that a Java buffer holds. */
    private static final int LARGEST = Integer.MAX_VALUE - 16;

    /** Far above any model's; a file may name millions of axes. */
    private static final int MAX_RANK = 64;

    private final Limits limits;
    private final ExternalData external;
    private final DeferredData deferred;
    private final Unsupported unsupported;
    private long copied;

    TensorReader(Limits limits, ExternalData external, DeferredData deferred, Unsupported unsupported) {
        this.limits = limits;
        this.external = external;
        this.deferred = deferred;
        this.unsupported = unsupported;
    }

    /** ONNX's element type of this number; empty for one that is not known. */
    static Optional<DType> dtype(int code) {
        return Arrays.stream(DType.values()).filter(type -> type.code() == code).findFirst();
    }

    @Override
    public Optional<HostTensor> read(TensorProto tensor, Where where) {
        return type(tensor, tensor.getDimsList(), where, unsupported).map(type -> read(tensor, type, where));
    }

    /** The type of a tensor of these sizes; empty if it is not supported, which is noted then. */
    static Optional<TensorType> type(TensorProto tensor, List<Long> dims, Where where, Unsupported unsupported) {
        String name = tensor.getName();
        if (tensor.getDataType() == 0) {
            throw new InvalidTensorException(where, name, "an element type", "none");
        }
        Optional<DType> dtype = dtype(tensor.getDataType());
        if (dtype.isEmpty()) {
            unsupported.add("element type " + tensor.getDataType(), "tensor '" + name + "'");
            return Optional.empty();
        }
        if (tensor.hasSegment()) {
            unsupported.add("a tensor in segments", "tensor '" + name + "'");
            return Optional.empty();
        }
        TensorType type = type(dtype.get(), dims, name, where);
        if (type.shape().elements() > LARGEST || type.byteSize() > LARGEST) {
            unsupported.add("a tensor of 2 GiB or more", "tensor '" + name + "'");
            return Optional.empty();
        }
        return Optional.of(type);
    }

    private HostTensor read(TensorProto tensor, TensorType type, Where where) {
        String name = tensor.getName();
        Optional<Integer> length = deferred.length(tensor);
        if (length.isPresent()) {
            requireRaw(type, length.get(), name, where);
            return HostTensor.deferred(type, deferred.source(tensor));
        }
        List<String> fields = fields(tensor);
        if (tensor.getDataLocation() == EXTERNAL) {
            if (!fields.isEmpty()) {
                throw new InvalidTensorException(where, name, "external data only", fields.get(0));
            }
            if (type.dtype() == DType.STRING) {
                throw new InvalidTensorException(where, name, "strings in the model file", "external data");
            }
            count(type.byteSize(), name, where);
            return HostTensor.wrap(type, external.read(tensor, (int) type.byteSize(), where));
        }
        if (tensor.getDataLocation() != 0) {
            throw new InvalidTensorException(where, name, "data location 0 or 1", "" + tensor.getDataLocation());
        }
        if (fields.size() > 1) {
            throw new InvalidTensorException(where, name, "one data field", String.join(" and ", fields));
        }
        return tensor.hasRawData() ? raw(tensor, type, where) : typed(tensor, type, fields, where);
    }

    private static TensorType type(DType dtype, List<Long> dims, String name, Where where) {
        if (dims.size() > MAX_RANK) {
            throw new InvalidShapeException(
                    where, "tensor '" + name + "': rank " + dims.size() + " is above " + MAX_RANK);
        }
        try {
            var type = new TensorType(
                    dtype, Shape.of(dims.stream().mapToLong(Long::longValue).toArray()));
            type.byteSize();
            return type;
        } catch (IllegalArgumentException e) {
            throw new InvalidShapeException(where, "tensor '" + name + "': " + e.getMessage());
        } catch (ArithmeticException e) {
            throw new InvalidShapeException(where, "tensor '" + name + "': the bytes of " + dims + " overflow 64 bits");
        }
    }

    private static List<String> fields(TensorProto tensor) {
        var fields = new ArrayList<String>(1);
        if (tensor.hasRawData()) {
            fields.add("raw_data");
        }
        if (tensor.getFloatDataCount() > 0) {
            fields.add("float_data");
        }
        if (tensor.getInt32DataCount() > 0) {
            fields.add("int32_data");
        }
        if (tensor.getStringDataCount() > 0) {
            fields.add("string_data");
        }
        if (tensor.getInt64DataCount() > 0) {
            fields.add("int64_data");
        }
        if (tensor.getDoubleDataCount() > 0) {
            fields.add("double_data");
        }
        if (tensor.getUint64DataCount() > 0) {
            fields.add("uint64_data");
        }
        return fields;
    }

    private static HostTensor raw(TensorProto tensor, TensorType type, Where where) {
        ByteString data = tensor.getRawData();
        requireRaw(type, data.size(), tensor.getName(), where);
        return HostTensor.wrap(type, data.asReadOnlyByteBuffer());
    }

    /** Checks that a tensor of this type can have so many bytes of raw data. */
    private static void requireRaw(TensorType type, int bytes, String name, Where where) {
        if (type.dtype() == DType.STRING) {
            throw new InvalidTensorException(where, name, "string_data", "raw_data");
        }
        if (bytes != type.byteSize()) {
            throw new InvalidTensorException(where, name, type.byteSize() + " bytes for " + type, bytes + " bytes");
        }
    }

    private HostTensor typed(TensorProto tensor, TensorType type, List<String> fields, Where where) {
        String name = tensor.getName();
        String expected = fieldOf(type.dtype());
        if (!fields.isEmpty() && !fields.get(0).equals(expected)) {
            throw new InvalidTensorException(where, name, expected + " for " + type, fields.get(0));
        }
        long values = values(type);
        int found = found(tensor, expected);
        if (found != values) {
            throw new InvalidTensorException(
                    where, name, values + " values of " + expected + " for " + type, found + " values");
        }
        count(type.byteSize(), name, where);
        HostTensor result = HostTensor.allocate(type);
        if (type.dtype() == DType.STRING) {
            for (int i = 0; i < found; i++) {
                result.setString(i, tensor.getStringData(i).toStringUtf8());
            }
        } else {
            copy(tensor, type, result.data());
        }
        return result;
    }

    /** Where values of a type lie that are not raw. */
    private static String fieldOf(DType dtype) {
        return switch (dtype) {
            case FLOAT32, COMPLEX64 -> "float_data";
            case FLOAT64, COMPLEX128 -> "double_data";
            case INT64 -> "int64_data";
            case UINT32, UINT64 -> "uint64_data";
            case STRING -> "string_data";
            default -> "int32_data";
        };
    }

    /** Entries of the field: complex numbers take two, elements of less than a byte share one. */
    private static long values(TensorType type) {
        return switch (type.dtype().kind()) {
            case COMPLEX -> 2 * type.shape().elements();
            default ->
                type.dtype().bits() > 0 && type.dtype().bits() < 8
                        ? type.byteSize()
                        : type.shape().elements();
        };
    }

    private static int found(TensorProto tensor, String field) {
        return switch (field) {
            case "float_data" -> tensor.getFloatDataCount();
            case "double_data" -> tensor.getDoubleDataCount();
            case "int64_data" -> tensor.getInt64DataCount();
            case "uint64_data" -> tensor.getUint64DataCount();
            case "string_data" -> tensor.getStringDataCount();
            default -> tensor.getInt32DataCount();
        };
    }

    private static void copy(TensorProto tensor, TensorType type, ByteBuffer to) {
        int n = (int) values(type);
        switch (type.dtype()) {
            case FLOAT32, COMPLEX64 -> {
                for (int i = 0; i < n; i++) {
                    to.putFloat(4 * i, tensor.getFloatData(i));
                }
            }
            case FLOAT64, COMPLEX128 -> {
                for (int i = 0; i < n; i++) {
                    to.putDouble(8 * i, tensor.getDoubleData(i));
                }
            }
            case INT64 -> {
                for (int i = 0; i < n; i++) {
                    to.putLong(8 * i, tensor.getInt64Data(i));
                }
            }
            case UINT64 -> {
                for (int i = 0; i < n; i++) {
                    to.putLong(8 * i, tensor.getUint64Data(i));
                }
            }
            case UINT32 -> {
                for (int i = 0; i < n; i++) {
                    to.putInt(4 * i, (int) tensor.getUint64Data(i));
                }
            }
            default -> {
                int width = Math.max(1, type.dtype().bits() / 8);
                for (int i = 0; i < n; i++) {
                    int value = tensor.getInt32Data(i);
                    switch (width) {
                        case 1 -> to.put(i, (byte) value);
                        case 2 -> to.putShort(2 * i, (short) value);
                        default -> to.putInt(4 * i, value);
                    }
                }
            }
        }
    }

    @Override
    public Optional<HostTensor> readSparse(SparseTensorProto sparse, Where where) {
        Optional<TensorType> type = type(sparse.getValues(), sparse.getDimsList(), where, unsupported);
        if (type.isEmpty()) {
            return Optional.empty();
        }
        return read(sparse.getValues(), where).flatMap(values -> read(sparse.getIndices(), where)
                .map(indices -> dense(sparse.getValues().getName(), type.get(), values, indices, where)));
    }

    private HostTensor dense(String name, TensorType type, HostTensor values, HostTensor indices, Where where) {
        int rank = type.shape().rank();
        boolean linear = indices.shape().rank() == 1;
        Shape expected = linear ? Shape.of(values.size()) : Shape.of(values.size(), rank);
        if (values.shape().rank() != 1
                || indices.dtype() != DType.INT64
                || !indices.shape().equals(expected)) {
            throw new InvalidTensorException(
                    where,
                    name,
                    "values [n] and int64 indices [n] or [n, " + rank + "]",
                    values.type() + " and " + indices.type());
        }
        count(type.byteSize(), name, where);
        HostTensor dense = HostTensor.allocate(type);
        long[] strides = linear ? new long[] {1} : type.shape().strides();
        for (int i = 0; i < values.size(); i++) {
            long position = 0;
            for (int axis = 0; axis < strides.length; axis++) {
                long index = indices.getLong(i * strides.length + axis);
                long size = linear ? dense.size() : type.shape().size(axis);
                if (index < 0 || index >= size) {
                    throw new InvalidTensorException(where, name, "indices below " + size, index + " in entry " + i);
                }
                position += index * strides[axis];
            }
            dense.copy((int) position, values, i);
        }
        return dense;
    }

    /** Takes memory for a weight that is not the file's own bytes. */
    void count(long bytes, String name, Where where) {
        copied += bytes;
        if (copied > limits.memory()) {
            throw new ModelLimitException(
                    where, Limits.Kind.MEMORY, limits.memory(), copied, "weights up to tensor '" + name + "' take");
        }
    }
}

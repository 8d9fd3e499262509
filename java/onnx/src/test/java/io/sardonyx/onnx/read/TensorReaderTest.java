package io.sardonyx.onnx.read;

import static io.sardonyx.onnx.read.Onnx.graph;
import static io.sardonyx.onnx.read.Onnx.identity;
import static io.sardonyx.onnx.read.Onnx.model;
import static io.sardonyx.onnx.read.Onnx.raw;
import static io.sardonyx.onnx.read.Onnx.tensor;
import static io.sardonyx.onnx.read.Onnx.value;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.sardonyx.onnx.InvalidShapeException;
import io.sardonyx.onnx.InvalidTensorException;
import io.sardonyx.onnx.Limits;
import io.sardonyx.onnx.ModelLimitException;
import io.sardonyx.onnx.UnsupportedModelException;
import io.sardonyx.onnx.proto.ModelProto;
import io.sardonyx.onnx.proto.SparseTensorProto;
import io.sardonyx.onnx.proto.TensorProto;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tensors in every form, and those whose data do not fit (rows 5 and 6 of the contract). */
class TensorReaderTest {
    private static ModelProto.Builder with(TensorProto.Builder tensor) {
        return model(graph(identity("x", "y")).addInitializer(tensor));
    }

    private static HostTensor read(TensorProto.Builder tensor) {
        return Onnx.read(with(tensor)).graph().initializers().get("w");
    }

    private static void refused(TensorProto.Builder tensor, String message) {
        assertEquals(
                "tensor 'w': " + message,
                Onnx.refused(InvalidTensorException.class, with(tensor)).detail());
    }

    /** Every element type: its bit patterns go through raw data and through the typed field alike. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "STRING")
    void rawAndTypedAgree(DType dtype) {
        int n = 5;
        byte[] bytes = new byte[(int) dtype.byteSize(n)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (dtype == DType.BOOL ? i % 2 : 17 * i + 3);
        }
        HostTensor raw = read(tensor("w", dtype, n).setRawData(ByteString.copyFrom(bytes)));
        TensorProto.Builder typed = tensor("w", dtype, n);
        var data = raw.data();
        switch (dtype) {
            case FLOAT32, COMPLEX64 -> {
                while (data.hasRemaining()) {
                    typed.addFloatData(data.getFloat());
                }
            }
            case FLOAT64, COMPLEX128 -> {
                while (data.hasRemaining()) {
                    typed.addDoubleData(data.getDouble());
                }
            }
            case INT64 -> {
                while (data.hasRemaining()) {
                    typed.addInt64Data(data.getLong());
                }
            }
            case UINT64 -> {
                while (data.hasRemaining()) {
                    typed.addUint64Data(data.getLong());
                }
            }
            case UINT32 -> {
                while (data.hasRemaining()) {
                    typed.addUint64Data(data.getInt() & 0xffffffffL);
                }
            }
            case INT32 -> {
                while (data.hasRemaining()) {
                    typed.addInt32Data(data.getInt());
                }
            }
            default -> {
                while (data.hasRemaining()) {
                    typed.addInt32Data(dtype.bits() == 16 ? data.getShort() & 0xffff : data.get() & 0xff);
                }
            }
        }
        HostTensor again = read(typed);
        assertEquals(raw.type(), again.type());
        byte[] found = new byte[bytes.length];
        again.data().get(found);
        assertArrayEquals(bytes, found);
    }

    @Test
    void packedBits() {
        assertArrayEquals(
                new long[] {1, -1, 7},
                read(tensor("w", DType.INT4, 3).addInt32Data(0xf1).addInt32Data(7))
                        .toLongs());
        assertArrayEquals(
                new long[] {1, 2, 3, 0, 2},
                read(tensor("w", DType.UINT2, 5).addInt32Data(0b00111001).addInt32Data(2))
                        .toLongs());
        assertArrayEquals(
                new double[] {1.5},
                read(tensor("w", DType.FLOAT16, 1).addInt32Data(0x3e00)).toDoubles());
    }

    @Test
    void strings() {
        HostTensor tensor = read(tensor("w", DType.STRING, 2)
                .addStringData(ByteString.copyFromUtf8("für"))
                .addStringData(ByteString.copyFromUtf8("")));
        assertEquals("für", tensor.getString(0));
        assertEquals("", tensor.getString(1));
        refused(raw("w", DType.STRING, 3, 3), "expected string_data, found raw_data");
    }

    @Test
    void scalarAndEmpty() {
        assertEquals(1, read(tensor("w", DType.INT64).addInt64Data(7)).size());
        assertEquals(0, read(tensor("w", DType.INT64, 0, 3)).size());
        assertEquals(0, read(raw("w", DType.FLOAT32, 0, 0, 3)).size());
        assertEquals(0, read(tensor("w", DType.FLOAT32, 0, 1L << 40)).size());
    }

    @Test
    void rawDataAreNotCopied() {
        byte[] model = with(raw("w", DType.FLOAT32, 8, 2)).build().toByteArray();
        HostTensor tensor = ModelReader.read(ModelSource.of(model), ReadOptions.DEFAULT)
                .graph()
                .initializers()
                .get("w");
        assertTrue(tensor.data().isReadOnly());
        for (int i = 0; i < model.length - 8; i++) { // the only eight zeros in a row
            boolean zeros = true;
            for (int k = 0; k < 8; k++) {
                zeros &= model[i + k] == 0;
            }
            if (zeros) {
                model[i + 2] = (byte) 0x80;
                model[i + 3] = 0x3f;
            }
        }
        assertEquals(1.0, tensor.getDouble(0));
    }

    @Test
    void lengths() {
        refused(raw("w", DType.FLOAT32, 7, 2), "expected 8 bytes for float32[2], found 7 bytes");
        refused(raw("w", DType.FLOAT32, 12, 2), "expected 8 bytes for float32[2], found 12 bytes");
        refused(raw("w", DType.INT4, 1, 3), "expected 2 bytes for int4[3], found 1 bytes");
        refused(raw("w", DType.FLOAT32, 1, 0), "expected 0 bytes for float32[0], found 1 bytes");
        refused(
                tensor("w", DType.FLOAT32, 3).addFloatData(1),
                "expected 3 values of float_data for float32[3], found 1 values");
        refused(
                tensor("w", DType.COMPLEX64, 1).addFloatData(1),
                "expected 2 values of float_data for complex64[1], found 1 values");
        refused(
                tensor("w", DType.INT4, 3).addInt32Data(1).addInt32Data(1).addInt32Data(1),
                "expected 2 values of int32_data for int4[3], found 3 values");
        refused(tensor("w", DType.STRING, 1), "expected 1 values of string_data for string[1], found 0 values");
    }

    @Test
    void fields() {
        refused(
                raw("w", DType.FLOAT32, 8, 2).addFloatData(1).addFloatData(2),
                "expected one data field, found raw_data and float_data");
        refused(tensor("w", DType.FLOAT32, 1).addInt64Data(1), "expected float_data for float32[1], found int64_data");
        refused(raw("w", DType.FLOAT32, 4, 1).setDataLocation(7), "expected data location 0 or 1, found 7");
        refused(raw("w", DType.FLOAT32, 4, 1).setDataType(0), "expected an element type, found none");
    }

    private static void badShape(TensorProto.Builder tensor, String message) {
        assertEquals(
                "tensor 'w': " + message,
                Onnx.refused(InvalidShapeException.class, with(tensor)).detail());
    }

    @Test
    void sizes() {
        badShape(raw("w", DType.FLOAT32, 4, 2, -1), "Shape: negative size in [2, -1]");
        badShape(raw("w", DType.FLOAT32, 4, Long.MIN_VALUE), "Shape: negative size in [-9223372036854775808]");
        badShape(
                raw("w", DType.FLOAT32, 4, 1L << 40, 1L << 40),
                "Shape: [1099511627776, 1099511627776] overflows 64 bits");
        badShape(raw("w", DType.FLOAT32, 0, 1L << 32, 1L << 32), "Shape: [4294967296, 4294967296] overflows 64 bits");
        badShape(
                raw("w", DType.FLOAT32, 4, 1L << 31, 1L << 31),
                "the bytes of [2147483648, 2147483648] overflow 64 bits");
        TensorProto.Builder flat = raw("w", DType.FLOAT32, 4);
        for (int i = 0; i < 100_000; i++) {
            flat.addDims(1);
        }
        badShape(flat, "rank 100000 is above 64");
        assertEquals(
                List.of("a tensor of 2 GiB or more at tensor 'w'"),
                Onnx.refused(UnsupportedModelException.class, with(raw("w", DType.INT8, 4, 1L << 31)))
                        .items());
    }

    @Test
    void declaredSizes() {
        var overflow = model(graph(identity("x", "y")).addInput(value("z", 1, 1L << 40, 1L << 40)));
        assertEquals(
                "value 'z': sizes overflow 64 bits: [1099511627776, 1099511627776]",
                Onnx.refused(InvalidShapeException.class, overflow).detail());
        var negative = model(graph(identity("x", "y")).addInput(value("z", 1, 2, -5)));
        assertEquals(
                "value 'z': negative size -5",
                Onnx.refused(InvalidShapeException.class, negative).detail());
        var unknown = model(graph(identity("x", "y")).addInput(value("z", 1, 2, -1)));
        assertEquals("float32[2, ?]", Onnx.read(unknown).graph().type("z").toString());
    }

    private static HostTensor sparse(TensorProto.Builder values, TensorProto.Builder indices, long... dims) {
        var sparse = SparseTensorProto.newBuilder().setValues(values).setIndices(indices);
        for (long dim : dims) {
            sparse.addDims(dim);
        }
        return Onnx.read(model(graph(identity("x", "y")).addSparseInitializer(sparse)))
                .graph()
                .initializers()
                .get("w");
    }

    @Test
    void sparse() {
        var values = tensor("w", DType.FLOAT32, 2).addFloatData(5).addFloatData(7);
        assertArrayEquals(
                new double[] {0, 5, 0, 0, 0, 7},
                sparse(values, tensor("", DType.INT64, 2).addInt64Data(1).addInt64Data(5), 2, 3)
                        .toDoubles());
        assertArrayEquals(
                new double[] {0, 5, 0, 0, 0, 7},
                sparse(values, tensor("", DType.INT64, 2, 2).addAllInt64Data(List.of(0L, 1L, 1L, 2L)), 2, 3)
                        .toDoubles());
        for (long wrong : new long[] {6, -1, Long.MIN_VALUE, 1L << 32}) {
            var e = assertThrows(
                    InvalidTensorException.class,
                    () -> sparse(
                            values, tensor("", DType.INT64, 2).addInt64Data(1).addInt64Data(wrong), 2, 3));
            assertEquals("tensor 'w': expected indices below 6, found " + wrong + " in entry 1", e.detail());
        }
        assertThrows(
                InvalidTensorException.class,
                () -> sparse(values, tensor("", DType.INT64, 1).addInt64Data(1), 2, 3));
    }

    /** Few bytes that stand for many are counted before memory is taken. */
    @Test
    void sparseBomb() {
        var sparse = SparseTensorProto.newBuilder()
                .setValues(tensor("w", DType.FLOAT32, 0))
                .setIndices(tensor("", DType.INT64, 0))
                .addDims(500_000_000);
        var model = model(graph(identity("x", "y")).addSparseInitializer(sparse));
        var e = assertThrows(ModelLimitException.class, () -> Onnx.read(model, Limits.DEFAULT.memory(1 << 20)));
        assertEquals(
                "weights up to tensor 'w' take: 2000000000 bytes, allowed 1048576 (raise it with Limits.memory)",
                e.detail());
    }
}

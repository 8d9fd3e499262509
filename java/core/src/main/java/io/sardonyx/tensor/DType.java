package io.sardonyx.tensor;

import java.util.Locale;

/**
 * The type of a tensor's elements: all element types of ONNX, with ONNX's numbers.
 *
 * <p>Elements lie little-endian and densely; 4-bit and 2-bit ones share a byte, the first element in the low bits. Strings
 * are Java strings and never leave the host.
 */
public enum DType {
    FLOAT32(1, 32, Kind.FLOAT, "f32"),
    UINT8(2, 8, Kind.UNSIGNED, "u8"),
    INT8(3, 8, Kind.SIGNED, "i8"),
    UINT16(4, 16, Kind.UNSIGNED, "u16"),
    INT16(5, 16, Kind.SIGNED, "i16"),
    INT32(6, 32, Kind.SIGNED, "i32"),
    INT64(7, 64, Kind.SIGNED, "i64"),
    STRING(8, 0, Kind.STRING, "str"),
    BOOL(9, 8, Kind.BOOL, "bool"),
    FLOAT16(10, 16, Kind.FLOAT, "f16"),
    FLOAT64(11, 64, Kind.FLOAT, "f64"),
    UINT32(12, 32, Kind.UNSIGNED, "u32"),
    UINT64(13, 64, Kind.UNSIGNED, "u64"),
    COMPLEX64(14, 64, Kind.COMPLEX, "c64"),
    COMPLEX128(15, 128, Kind.COMPLEX, "c128"),
    BFLOAT16(16, 16, Kind.FLOAT, "bf16"),
    FLOAT8E4M3FN(17, 8, Kind.FLOAT, "f8e4m3fn"),
    FLOAT8E4M3FNUZ(18, 8, Kind.FLOAT, "f8e4m3fnuz"),
    FLOAT8E5M2(19, 8, Kind.FLOAT, "f8e5m2"),
    FLOAT8E5M2FNUZ(20, 8, Kind.FLOAT, "f8e5m2fnuz"),
    UINT4(21, 4, Kind.UNSIGNED, "u4"),
    INT4(22, 4, Kind.SIGNED, "i4"),
    FLOAT4E2M1(23, 4, Kind.FLOAT, "f4e2m1"),
    FLOAT8E8M0(24, 8, Kind.FLOAT, "f8e8m0"),
    UINT2(25, 2, Kind.UNSIGNED, "u2"),
    INT2(26, 2, Kind.SIGNED, "i2");

    /** What arithmetic an element type knows. */
    public enum Kind {
        FLOAT,
        SIGNED,
        UNSIGNED,
        BOOL,
        STRING,
        COMPLEX
    }

    private static final DType[] BY_CODE = new DType[27];

    static {
        for (DType type : values()) {
            BY_CODE[type.code] = type;
        }
    }

    private final int code;
    private final int bits;
    private final Kind kind;
    private final String key;

    DType(int code, int bits, Kind kind, String key) {
        this.code = code;
        this.bits = bits;
        this.kind = kind;
        this.key = key;
    }

    /** The number of this type in ONNX's {@code TensorProto.DataType}. */
    public int code() {
        return code;
    }

    /** Bits of one element; 0 for {@link #STRING}. */
    public int bits() {
        return bits;
    }

    public Kind kind() {
        return kind;
    }

    /** The short name in kernel keys: {@code f32} in {@code matmul.f32}. */
    public String key() {
        return key;
    }

    public boolean isFloat() {
        return kind == Kind.FLOAT;
    }

    /** Signed or unsigned integers of any width, without {@link #BOOL}. */
    public boolean isInteger() {
        return kind == Kind.SIGNED || kind == Kind.UNSIGNED;
    }

    public boolean isUnsigned() {
        return kind == Kind.UNSIGNED;
    }

    /**
     * The bytes that {@code elements} elements take.
     *
     * @throws ArithmeticException if that overflows a {@code long}
     */
    public long byteSize(long elements) {
        return bits >= 8
                ? Math.multiplyExact(elements, bits / 8)
                : Math.addExact(Math.multiplyExact(elements, bits), 7) / 8;
    }

    /** The type of ONNX's number {@code code}; {@code IllegalArgumentException} for an unknown one. */
    public static DType ofCode(int code) {
        if (code <= 0 || code >= BY_CODE.length) {
            throw new IllegalArgumentException("unknown ONNX data type " + code);
        }
        return BY_CODE[code];
    }

    /** The type called {@code name}, as {@link #toString} prints it. */
    public static DType ofName(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}

package io.sardonyx.bench.device;

import static io.sardonyx.bench.device.Workload.operator;

import io.sardonyx.op.Operators;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What is timed, but for convolutions; a copy comes first, because it is the roof of what follows. */
public final class TimingTable {
    private static final List<DType> FLOATS = List.of(DType.FLOAT32, DType.BFLOAT16, DType.FLOAT16);
    private static final long[] SQUARES = {8192, 4096, 2048, 1024};
    private static final long[] ROWS = {1, 16, 128, 4096};
    /** (n, k) of the linear layers of large language models, as DeepGEMM's benchmark has them. */
    private static final long[][] LAYERS = {
        {2112, 7168}, {24576, 1536}, {32768, 512}, {7168, 16384}, {4096, 7168}, {7168, 2048}
    };
    /** (m, n, k) that no tile divides: primes. */
    private static final long[][] RAGGED = {
        {127, 509, 1021},
        {251, 1021, 2039},
        {509, 2039, 4093},
        {1021, 1021, 1021},
        {2039, 4093, 509},
        {4093, 2039, 1021}
    };

    private TimingTable() {}

    /** The most telling rows come first, for a run whose time is short. */
    public static List<Workload> full() {
        List<Workload> table = new ArrayList<>(memoryBound(1 << 26, 1 << 13, 1 << 12));
        List<DType> types = List.of(DType.BFLOAT16, DType.FLOAT16, DType.FLOAT32);
        for (long n : SQUARES) {
            types.forEach(dtype -> table.add(product(dtype, n, n, n)));
            table.add(bf16x6(n, n, n));
        }
        for (DType dtype : types) {
            for (long[] layer : LAYERS) {
                for (long m : ROWS) {
                    table.add(product(dtype, m, layer[0], layer[1]));
                }
            }
            for (long[] shape : RAGGED) {
                table.add(product(dtype, shape[0], shape[1], shape[2]));
            }
        }
        for (long n : new long[] {8192, 4096, 1024}) {
            table.add(bytes(n, n, n));
        }
        table.add(bytes(16, 4096, 4096));
        for (DType dtype : FLOATS) {
            table.add(attention(dtype, 32, 12, 128, 32)); // MiniLM's
            table.add(attention(dtype, 4, 16, 2048, 128));
        }
        return table;
    }

    /** The same kinds at sizes for a simulated device. */
    public static List<Workload> tiny() {
        List<Workload> table = new ArrayList<>(memoryBound(1 << 10, 4, 64));
        for (DType dtype : List.of(DType.BFLOAT16, DType.FLOAT16, DType.FLOAT32)) {
            table.add(product(dtype, 32, 32, 32));
            table.add(product(dtype, 1, 24, 16));
            table.add(product(dtype, 13, 17, 19));
        }
        table.add(bf16x6(32, 32, 32));
        table.add(bytes(16, 16, 32));
        FLOATS.forEach(dtype -> table.add(attention(dtype, 1, 2, 8, 16)));
        return table;
    }

    /** @param elements of a tensor; of a matrix, {@code rows} and {@code columns} */
    private static List<Workload> memoryBound(long elements, long rows, long columns) {
        List<Workload> table = new ArrayList<>();
        for (DType dtype : FLOATS) {
            TensorType flat = TensorType.of(dtype, elements);
            TensorType matrix = TensorType.of(dtype, rows, columns);
            TensorType vector = TensorType.of(dtype, columns);
            TensorType indices = TensorType.of(DType.INT64, rows);
            Map<String, Object> last = Map.of("axis", -1L);
            table.add(onnx("Identity", Map.of(), flat));
            table.add(onnx("Add", Map.of(), flat, flat));
            table.add(onnx("Gelu", Map.of(), flat));
            table.add(onnx("Softmax", last, matrix));
            table.add(onnx("LayerNormalization", last, matrix, vector, vector));
            table.add(onnx("RMSNormalization", last, matrix, vector));
            for (String operator : List.of("ReduceSum", "ReduceMax")) {
                table.add(reduction(operator, matrix, 1));
                table.add(reduction(operator, matrix, 0));
            }
            table.add(onnx("Gather", Map.of("axis", 0L), matrix, indices));
            table.add(onnx("Transpose", Map.of("perm", List.of(1L, 0L)), matrix));
        }
        return table;
    }

    private static Workload onnx(String operator, Map<String, Object> attributes, TensorType... inputs) {
        return Workload.of(operator + " " + inputs[0], operator(Operators.ONNX, operator, attributes), 0, inputs);
    }

    private static Workload reduction(String name, TensorType matrix, long axis) {
        return Workload.of(
                name + " " + matrix + " along axis " + axis,
                operator(Operators.ONNX, name, Map.of("axes", List.of(axis))),
                0,
                matrix);
    }

    private static Workload product(DType dtype, long m, long n, long k) {
        return Workload.of(
                        "MatMul " + dtype + " " + m + " x " + n + " x " + k,
                        operator(Operators.ONNX, "MatMul", Map.of()),
                        2.0 * m * n * k,
                        TensorType.of(dtype, m, k),
                        TensorType.of(dtype, k, n))
                .beside(new Rival.Product(dtype, m, n, k));
    }

    /** float32 by Hopper's tensor cores, which is no default before its errors are known. */
    private static Workload bf16x6(long m, long n, long k) {
        long planes = 3L * Short.BYTES;
        return product(DType.FLOAT32, m, n, k).by("gemm_bf16x6.f32", planes * (m * (k + 8) + k * (n + 8)) + 1024);
    }

    private static Workload bytes(long m, long n, long k) {
        return Workload.of(
                        "MatMulInteger int8 " + m + " x " + n + " x " + k,
                        operator(Operators.ONNX, "MatMulInteger", Map.of()),
                        2.0 * m * n * k,
                        TensorType.of(DType.INT8, m, k),
                        TensorType.of(DType.INT8, k, n))
                .beside(new Rival.Product(DType.INT8, m, n, k));
    }

    private static Workload attention(DType dtype, long batch, long heads, long length, long size) {
        TensorType tensor = TensorType.of(dtype, batch, length, heads * size);
        return Workload.of(
                "attention " + tensor + " of " + heads + " heads",
                operator(Operators.SARDONYX, "ScaledDotProductAttention", Map.of("heads", heads, "scale", (float)
                        (1 / Math.sqrt(size)))),
                4.0 * batch * heads * length * length * size,
                tensor,
                tensor,
                tensor);
    }
}

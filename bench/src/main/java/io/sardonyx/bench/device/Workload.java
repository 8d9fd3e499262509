package io.sardonyx.bench.device;

import io.sardonyx.op.Attributes;
import io.sardonyx.op.InputTypes;
import io.sardonyx.op.Operators;
import io.sardonyx.op.TensorOperator;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An operator with types: what is timed.
 *
 * @param flops multiplications and additions; 0 where only bytes count
 * @param product what it is to other libraries, if it is a matrix product
 */
public record Workload(
        String name, TensorOperator operator, List<TensorType> inputs, double flops, Optional<Product> product) {
    /** {@code [m, k] · [k, n]}. */
    public record Product(DType dtype, long m, long n, long k) {}

    private static final int OPSET = 20;

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

    /** What the table has; a copy comes first, because it is the roof of what follows. */
    public static List<Workload> table() {
        List<Workload> table = new ArrayList<>(memoryBound(1 << 26, 1 << 13, 1 << 12));
        for (DType dtype : List.of(DType.BFLOAT16, DType.FLOAT16, DType.FLOAT32)) {
            for (long n : SQUARES) {
                table.add(product(dtype, n, n, n));
            }
            for (long[] layer : LAYERS) {
                for (long m : ROWS) {
                    table.add(product(dtype, m, layer[0], layer[1]));
                }
            }
            for (long[] shape : RAGGED) {
                table.add(product(dtype, shape[0], shape[1], shape[2]));
            }
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
        return table;
    }

    /** @param elements of a tensor; of a matrix, {@code rows} and {@code columns} */
    private static List<Workload> memoryBound(long elements, long rows, long columns) {
        List<Workload> table = new ArrayList<>();
        for (DType dtype : List.of(DType.FLOAT32, DType.BFLOAT16, DType.FLOAT16)) {
            TensorType flat = TensorType.of(dtype, elements);
            TensorType matrix = TensorType.of(dtype, rows, columns);
            TensorType vector = TensorType.of(dtype, columns);
            table.add(of("Identity", Map.of(), flat));
            table.add(of("Add", Map.of(), flat, flat));
            table.add(of("Gelu", Map.of(), flat));
            table.add(of("Softmax", Map.of("axis", -1L), matrix));
            table.add(of("LayerNormalization", Map.of("axis", -1L), matrix, vector, vector));
        }
        return table;
    }

    private static Workload of(String operator, Map<String, Object> attributes, TensorType... inputs) {
        return new Workload(
                operator + " " + inputs[0], operator(operator, attributes), List.of(inputs), 0, Optional.empty());
    }

    private static Workload product(DType dtype, long m, long n, long k) {
        return new Workload(
                "MatMul " + dtype + " " + m + " x " + n + " x " + k,
                operator("MatMul", Map.of()),
                List.of(TensorType.of(dtype, m, k), TensorType.of(dtype, k, n)),
                2.0 * m * n * k,
                Optional.of(new Product(dtype, m, n, k)));
    }

    private static TensorOperator operator(String name, Map<String, Object> attributes) {
        return (TensorOperator) Operators.read(Operators.ONNX, name, Attributes.of(OPSET, attributes))
                .orElseThrow();
    }

    /** As in a model, where all inputs but the first are weights. */
    InputTypes types() {
        return InputTypes.of(inputs, 1, i -> null, i -> i > 0);
    }

    /** What has to move: each input once, each output once. */
    public long bytes() {
        return bytes(inputs) + bytes(operator.infer(types()));
    }

    static long bytes(List<TensorType> types) {
        return types.stream().mapToLong(TensorType::byteSize).sum();
    }
}

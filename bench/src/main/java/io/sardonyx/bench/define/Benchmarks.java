package io.sardonyx.bench.define;

import static io.sardonyx.tensor.DType.BFLOAT16;
import static io.sardonyx.tensor.DType.FLOAT16;
import static io.sardonyx.tensor.DType.FLOAT32;
import static io.sardonyx.tensor.DType.FLOAT64;
import static io.sardonyx.tensor.DType.INT64;
import static io.sardonyx.tensor.DType.INT8;

import io.sardonyx.bench.define.Benchmark.Parameter;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.TensorType;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All benchmarks of single operators. */
public final class Benchmarks {
    private static final int OPSET = 17;
    private static final int GELU_OPSET = 20;
    private static final int ATTENTION_OPSET = 23;
    private static final int AXES_ARE_ATTRIBUTES = 11; // ReduceSum's, until opset 13

    private static final List<DType> FLOATS = List.of(FLOAT32, FLOAT16, BFLOAT16, FLOAT64);
    private static final List<DType> PRODUCTS = List.of(FLOAT32, FLOAT16, BFLOAT16, FLOAT64, INT8);
    private static final Parameter ROWS = new Parameter(4096, 1, "rows of the input");
    private static final Parameter COLUMNS = new Parameter(1024, 1, "columns of the input");
    private static final Parameter ELEMENTS = new Parameter(1 << 22, 1, "elements of a tensor");

    private static final Map<String, Parameter> PRODUCT = new Axes()
            .with("m", 512, 1, "rows of the first operand")
            .with("n", 512, 1, "columns of the second operand")
            .with("k", 512, 1, "the axis that is summed over")
            .all();

    private static final List<Benchmark> ALL = List.of(
            new Benchmark(
                    "matmul",
                    "a product of two matrices, both new in each call",
                    PRODUCTS,
                    PRODUCT,
                    (b, s, d) -> product(b, s, d, false)),
            new Benchmark(
                    "linear",
                    "a product by a constant matrix, which may be packed before",
                    PRODUCTS,
                    PRODUCT,
                    (b, s, d) -> product(b, s, d, true)),
            new Benchmark(
                    "conv",
                    "a convolution with bias, padded by half the kernel; weights are constant",
                    FLOATS,
                    new Axes()
                            .with("batch", 1, 1, "images")
                            .with("channels", 64, 1, "of the input")
                            .with("filters", 64, 1, "channels of the output")
                            .with("size", 56, 1, "height and width of the input")
                            .with("kernel", 3, 1, "height and width of a filter")
                            .with("stride", 1, 1, "in both directions")
                            .with("group", 1, 1, "groups of channels")
                            .all(),
                    Benchmarks::convolution),
            new Benchmark(
                    "attention",
                    "softmax(Q Kᵀ / √size) V of all heads, as [batch, length, heads · size]",
                    FLOATS,
                    new Axes()
                            .with("batch", 1, 1, "sequences")
                            .with("heads", 12, 1, "of Q, K and V alike")
                            .with("length", 128, 1, "tokens of a sequence")
                            .with("size", 64, 1, "of a head")
                            .all(),
                    Benchmarks::attention),
            new Benchmark(
                    "softmax",
                    "along rows",
                    FLOATS,
                    matrix(),
                    (b, s, d) ->
                            rows(b, s, d, new Node("Softmax", Map.of("axis", -1L), OPSET), small(d, s.get("columns")))),
            new Benchmark("layernorm", "along rows, with scale and bias", FLOATS, matrix(), Benchmarks::layerNorm),
            new Benchmark(
                    "add",
                    "of two tensors of one shape",
                    FLOATS,
                    Map.of("n", ELEMENTS),
                    (b, s, d) -> elementwise(b, s, d, new Node("Add", Map.of(), OPSET), 2, Tolerance.standard(d))),
            new Benchmark(
                    "gelu",
                    "by the error function",
                    FLOATS,
                    Map.of("n", ELEMENTS),
                    (b, s, d) ->
                            elementwise(b, s, d, new Node("Gelu", Map.of(), GELU_OPSET), 1, Tolerance.standard(d))),
            new Benchmark(
                    "copy",
                    "of a tensor",
                    FLOATS,
                    Map.of("n", ELEMENTS),
                    (b, s, d) -> elementwise(b, s, d, new Node("Identity", Map.of(), OPSET), 1, Tolerance.EXACT)),
            new Benchmark(
                    "reduce",
                    "sums along an axis",
                    FLOATS,
                    new Axes()
                            .with("rows", 4096, 1, ROWS.meaning())
                            .with("columns", 1024, 1, COLUMNS.meaning())
                            .with("axis", 1, 0, "0 sums columns, 1 sums rows")
                            .all(),
                    Benchmarks::reduction),
            new Benchmark("transpose", "of a matrix", FLOATS, matrix(), Benchmarks::transpose),
            new Benchmark(
                    "gather",
                    "rows of a table by random indices",
                    FLOATS,
                    new Axes()
                            .with("rows", 32768, 1, "of the table")
                            .with("columns", 384, 1, "of the table")
                            .with("count", 4096, 1, "indices")
                            .all(),
                    Benchmarks::gather));

    /**
     * Winograd's F(6 x 6, 3 x 3) has 64 multiplications for 36 outputs of 9 (Lavin and Gray, Fast Algorithms for Convolutional Neural
     * Networks, 2015).
     */
    private static final double WINOGRAD = 64.0 / (36 * 9);

    private Benchmarks() {}

    /** In the order of a listing. */
    public static List<Benchmark> all() {
        return ALL;
    }

    /** @throws IllegalArgumentException if there is none of that name */
    public static Benchmark named(String name) {
        return ALL.stream()
                .filter(b -> b.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no benchmark '" + name + "'; there are "
                        + String.join(", ", ALL.stream().map(Benchmark::name).toList()) + ", allreduce and model"));
    }

    private static Problem product(Benchmark b, Map<String, Long> s, DType dtype, boolean constant) {
        long m = s.get("m");
        long n = s.get("n");
        long k = s.get("k");
        Operand weights = Operand.of(TensorType.of(dtype, k, n));
        return problem(
                b,
                s,
                dtype,
                new Node(dtype == INT8 ? "MatMulInteger" : "MatMul", Map.of(), OPSET),
                2.0 * m * n * k,
                Tolerance.sum(dtype, k),
                List.of(new Cut(0, Map.of(0, 0)), new Cut(1, Map.of(1, 1))),
                Operand.of(TensorType.of(dtype, m, k)),
                constant ? weights.asConstant() : weights);
    }

    private static Problem convolution(Benchmark b, Map<String, Long> s, DType dtype) {
        long group = s.get("group");
        long channels = s.get("channels");
        long filters = s.get("filters");
        long kernel = s.get("kernel");
        long stride = s.get("stride");
        long pad = kernel / 2;
        if (channels % group != 0 || filters % group != 0) {
            throw new IllegalArgumentException("--axis group=" + group + ": expected a divisor of channels=" + channels
                    + " and of filters=" + filters);
        }
        Node node = new Node(
                "Conv",
                Map.of(
                        "strides", List.of(stride, stride),
                        "pads", List.of(pad, pad, pad, pad),
                        "group", group),
                OPSET);
        long side = (s.get("size") + 2 * pad - kernel) / stride + 1;
        long terms = channels / group * kernel * kernel;
        Cut images = new Cut(0, Map.of(0, 0));
        double flops = 2.0 * s.get("batch") * filters * side * side * terms;
        Problem direct = problem(
                b,
                s,
                dtype,
                node,
                flops,
                Tolerance.sum(dtype, terms).plus(Tolerance.sum(dtype, terms)), // Winograd's is larger
                group == 1 ? List.of(images, new Cut(1, Map.of(1, 0, 2, 0))) : List.of(images),
                Operand.of(TensorType.of(dtype, s.get("batch"), channels, s.get("size"), s.get("size"))),
                Operand.of(TensorType.of(dtype, filters, channels / group, kernel, kernel))
                        .asConstant(),
                Operand.of(TensorType.of(dtype, filters)).asConstant());
        return kernel == 3 && stride == 1 ? direct.needing(flops * WINOGRAD) : direct;
    }

    private static Problem attention(Benchmark b, Map<String, Long> s, DType dtype) {
        long heads = s.get("heads");
        long length = s.get("length");
        Operand operand = Operand.of(TensorType.of(dtype, s.get("batch"), length, heads * s.get("size")));
        return problem(
                b,
                s,
                dtype,
                new Node("Attention", Map.of("q_num_heads", heads, "kv_num_heads", heads), ATTENTION_OPSET),
                4.0 * s.get("batch") * heads * length * length * s.get("size"),
                Tolerance.standard(dtype).plus(Tolerance.sum(dtype, s.get("size"))),
                List.of(new Cut(0, Map.of(0, 0, 1, 0, 2, 0)), new Cut(1, Map.of(0, 1))),
                operand,
                operand,
                operand);
    }

    private static Problem layerNorm(Benchmark b, Map<String, Long> s, DType dtype) {
        Operand vector = Operand.of(TensorType.of(dtype, s.get("columns"))).asConstant();
        return problem(
                b,
                s,
                dtype,
                new Node("LayerNormalization", Map.of("axis", -1L), OPSET),
                0,
                Tolerance.standard(dtype),
                List.of(new Cut(0, Map.of(0, 0))),
                Operand.of(TensorType.of(dtype, s.get("rows"), s.get("columns"))),
                vector,
                vector);
    }

    private static Problem rows(Benchmark b, Map<String, Long> s, DType dtype, Node node, Tolerance tolerance) {
        Operand operand = Operand.of(TensorType.of(dtype, s.get("rows"), s.get("columns")));
        return problem(b, s, dtype, node, 0, tolerance, List.of(new Cut(0, Map.of(0, 0))), operand);
    }

    private static Problem elementwise(
            Benchmark b, Map<String, Long> s, DType dtype, Node node, int operands, Tolerance tolerance) {
        Operand[] all = new Operand[operands];
        Arrays.fill(all, Operand.of(TensorType.of(dtype, s.get("n"))));
        Cut cut = new Cut(0, operands == 1 ? Map.of(0, 0) : Map.of(0, 0, 1, 0));
        return problem(b, s, dtype, node, 0, tolerance, List.of(cut), all);
    }

    private static Problem reduction(Benchmark b, Map<String, Long> s, DType dtype) {
        int axis = Math.toIntExact(s.get("axis"));
        if (axis > 1) {
            throw new IllegalArgumentException("--axis axis=" + axis + ": reduce takes 0 or 1");
        }
        return problem(
                b,
                s,
                dtype,
                new Node("ReduceSum", Map.of("axes", List.of((long) axis), "keepdims", 0L), AXES_ARE_ATTRIBUTES),
                0,
                Tolerance.sum(dtype, s.get(axis == 0 ? "rows" : "columns")),
                List.of(new Cut(0, Map.of(0, 1 - axis))),
                Operand.of(TensorType.of(dtype, s.get("rows"), s.get("columns"))));
    }

    private static Problem transpose(Benchmark b, Map<String, Long> s, DType dtype) {
        return problem(
                b,
                s,
                dtype,
                new Node("Transpose", Map.of("perm", List.of(1L, 0L)), OPSET),
                0,
                Tolerance.EXACT,
                List.of(new Cut(0, Map.of(0, 1)), new Cut(1, Map.of(0, 0))),
                Operand.of(TensorType.of(dtype, s.get("rows"), s.get("columns"))));
    }

    private static Problem gather(Benchmark b, Map<String, Long> s, DType dtype) {
        Operand table = Operand.of(TensorType.of(dtype, s.get("rows"), s.get("columns")));
        Operand indices = Operand.indices(Math.toIntExact(s.get("rows")), TensorType.of(INT64, s.get("count")));
        long picked = dtype.byteSize(Math.min(s.get("rows"), s.get("count")) * s.get("columns"));
        return new Problem(
                b.name(),
                s,
                dtype,
                new Node("Gather", Map.of("axis", 0L), OPSET),
                List.of(table, indices),
                0,
                0,
                picked + indices.type().byteSize(),
                List.of(new Cut(0, Map.of(1, 0))),
                Tolerance.EXACT);
    }

    private static Problem problem(
            Benchmark b,
            Map<String, Long> sizes,
            DType dtype,
            Node node,
            double flops,
            Tolerance tolerance,
            List<Cut> cuts,
            Operand... operands) {
        double read =
                Arrays.stream(operands).mapToLong(o -> o.type().byteSize()).sum();
        return new Problem(b.name(), sizes, dtype, node, List.of(operands), flops, flops, read, cuts, tolerance);
    }

    /** Probabilities of so many become smaller, and so do their errors. */
    private static Tolerance small(DType dtype, long columns) {
        Tolerance standard = Tolerance.standard(dtype);
        return new Tolerance(standard.relative(), standard.absolute() / columns);
    }

    private static Map<String, Parameter> matrix() {
        return new Axes().with("rows", ROWS).with("columns", COLUMNS).all();
    }

    /** In their order. */
    private record Axes(Map<String, Parameter> all) {
        Axes() {
            this(new LinkedHashMap<>());
        }

        Axes with(String name, Parameter parameter) {
            all.put(name, parameter);
            return this;
        }

        Axes with(String name, long usual, long least, String meaning) {
            return with(name, new Parameter(usual, least, meaning));
        }
    }
}

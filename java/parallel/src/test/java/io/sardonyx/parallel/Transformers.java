package io.sardonyx.parallel;

import io.sardonyx.onnx.proto.GraphProto;
import io.sardonyx.onnx.proto.NodeProto;
import io.sardonyx.onnx.proto.TensorShapeProto;
import io.sardonyx.onnx.proto.TypeProto;
import io.sardonyx.onnx.proto.ValueInfoProto;
import io.sardonyx.onnx.read.Onnx;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Data;
import java.util.Arrays;

/** Small models to split, written down node by node. */
final class Transformers {
    private final DType dtype;
    private final GraphProto.Builder graph;
    private int seed = 1;

    private Transformers(NodeProto.Builder... nodes) {
        this(DType.FLOAT32, nodes);
    }

    /** @param dtype of weights and outputs */
    private Transformers(DType dtype, NodeProto.Builder... nodes) {
        this.dtype = dtype;
        graph = Onnx.body(nodes);
    }

    /** Attention and a feed-forward pair, each behind a normalisation and beside the value that it is added to. */
    static byte[] block(int heads, int size, int inner, boolean bias) {
        return block(DType.FLOAT32, heads, size, inner, bias);
    }

    static byte[] block(DType dtype, int heads, int size, int inner, boolean bias) {
        int hidden = heads * size;
        String plus = bias ? "Add" : "Identity";
        var block = new Transformers(
                dtype,
                Onnx.node("LayerNormalization", "x norm", "n"),
                Onnx.node("MatMul", "n wq", "q0"),
                Onnx.node(plus, bias ? "q0 bq" : "q0", "q1"),
                Onnx.node("Reshape", "q1 split", "q2"),
                Onnx.node("Transpose", "q2", "q", Onnx.ints("perm", 0, 2, 1, 3)),
                Onnx.node("MatMul", "n wk", "k0"),
                Onnx.node("Reshape", "k0 split", "k1"),
                Onnx.node("Transpose", "k1", "k", Onnx.ints("perm", 0, 2, 3, 1)),
                Onnx.node("MatMul", "n wv", "v0"),
                Onnx.node("Reshape", "v0 split", "v1"),
                Onnx.node("Transpose", "v1", "v", Onnx.ints("perm", 0, 2, 1, 3)),
                Onnx.node("MatMul", "q k", "scores"),
                Onnx.node("Softmax", "scores", "weights", Onnx.attribute("axis", -1)),
                Onnx.node("MatMul", "weights v", "c0"),
                Onnx.node("Transpose", "c0", "c1", Onnx.ints("perm", 0, 2, 1, 3)),
                Onnx.node("Reshape", "c1 joined", "c"),
                Onnx.node("MatMul", "c wo", "o0"),
                Onnx.node(plus, bias ? "o0 bo" : "o0", "o"),
                Onnx.node("Add", "x o", "h"),
                Onnx.node("LayerNormalization", "h norm", "m"),
                Onnx.node("MatMul", "m w1", "f0"),
                Onnx.node(plus, bias ? "f0 b1" : "f0", "f1"),
                Onnx.node("Relu", "f1", "f"),
                Onnx.node("MatMul", "f w2", "g0"),
                Onnx.node(plus, bias ? "g0 b2" : "g0", "g"),
                Onnx.node("Add", "h g", "y"));
        for (String weight : new String[] {"wq", "wk", "wv", "wo"}) {
            block.weight(weight, hidden, hidden);
        }
        return block.weight("norm", hidden)
                .weight("bq", hidden)
                .weight("bo", hidden)
                .weight("w1", hidden, inner)
                .weight("b1", inner)
                .weight("w2", inner, hidden)
                .weight("b2", hidden)
                .constant("split", HostTensor.of(Shape.of(4), 0, 0, heads, size))
                .constant("joined", HostTensor.of(Shape.of(3), 0, 0, hidden))
                .input("x", dtype, "batch", "length", Integer.toString(hidden))
                .model("y");
    }

    /** {@code x + 1/2 · relu(norm(x)·W₁ᵀ + b₁)·W₂ᵀ + 2·b₂}. */
    static byte[] gemms(int hidden, int inner) {
        return new Transformers(
                        Onnx.node("LayerNormalization", "x norm", "n"),
                        Onnx.node("Gemm", "n w1 b1", "f0", Onnx.attribute("transB", 1)),
                        Onnx.node("Relu", "f0", "f"),
                        Onnx.node(
                                "Gemm",
                                "f w2 b2",
                                "g",
                                Onnx.attribute("transB", 1),
                                Onnx.real("alpha", 0.5f),
                                Onnx.real("beta", 2)),
                        Onnx.node("Add", "x g", "y"))
                .weight("norm", hidden)
                .weight("w1", inner, hidden)
                .weight("b1", inner)
                .weight("w2", hidden, inner)
                .weight("b2", hidden)
                .input("x", DType.FLOAT32, "rows", Integer.toString(hidden))
                .model("y");
    }

    /** {@code x + relu(x·W₁)·W₂}: nothing hinders that the input itself is cut. */
    static byte[] residual(int hidden, int inner) {
        return new Transformers(
                        Onnx.node("MatMul", "x w1", "f0"),
                        Onnx.node("Relu", "f0", "f"),
                        Onnx.node("MatMul", "f w2", "g"),
                        Onnx.node("Add", "x g", "y"))
                .weight("w1", hidden, inner)
                .weight("w2", inner, hidden)
                .input("x", DType.FLOAT32, "rows", Integer.toString(hidden))
                .model("y");
    }

    /** com.microsoft Attention with a past, and the product behind it. */
    static byte[] attention(int heads, int size) {
        int hidden = heads * size;
        return new Transformers(
                        Onnx.node("LayerNormalization", "x norm", "n"),
                        Onnx.node("Attention", "n w b _ past", "c present", Onnx.attribute("num_heads", heads))
                                .setDomain("com.microsoft"),
                        Onnx.node("MatMul", "c wo", "o"),
                        Onnx.node("Add", "x o", "y"))
                .weight("norm", hidden)
                .weight("w", hidden, 3 * hidden)
                .weight("b", 3 * hidden)
                .weight("wo", hidden, hidden)
                .input("x", DType.FLOAT32, "batch", "length", Integer.toString(hidden))
                .input("past", DType.FLOAT32, "2", "batch", Integer.toString(heads), "before", Integer.toString(size))
                .model("y", "present");
    }

    /** One product, of which nothing can be split. */
    static byte[] product(int hidden) {
        return new Transformers(Onnx.node("MatMul", "x w", "y"))
                .weight("w", hidden, hidden)
                .input("x", DType.FLOAT32, "rows", Integer.toString(hidden))
                .model("y");
    }

    /** A row of a table, then two products of integers with a quotient between them. */
    static byte[] quotients(long... divisors) {
        int inner = divisors.length;
        long[] ones = new long[2 * inner];
        Arrays.fill(ones, 1);
        return new Transformers(
                        Onnx.node("Gather", "table id", "x"),
                        Onnx.node("MatMul", "x w1", "f0"),
                        Onnx.node("Div", "f0 divisors", "f"),
                        Onnx.node("MatMul", "f w2", "y"))
                .constant("table", HostTensor.of(Shape.of(3, 2), 1, 2, 3, 4, 5, 6))
                .constant("w1", HostTensor.of(Shape.of(2, inner), ones))
                .constant("divisors", HostTensor.of(Shape.of(inner), divisors))
                .constant("w2", HostTensor.of(Shape.of(inner, 2), ones))
                .input("id", DType.INT64, "count")
                .model("y");
    }

    /** An all-reduce as a model's own node. */
    static byte[] allReduce(String reduction) {
        return new Transformers(Onnx.node("AllReduce", "x", "y", Onnx.attribute("reduction", reduction))
                        .setDomain("io.sardonyx"))
                .input("x", DType.FLOAT32, "length")
                .model("y");
    }

    private Transformers weight(String name, long... sizes) {
        HostTensor values = Data.normal(seed++, sizes);
        return constant(name, HostTensor.of(dtype, values.shape(), values.toDoubles()));
    }

    private Transformers constant(String name, HostTensor value) {
        graph.addInitializer(Onnx.tensor(name, value));
        return this;
    }

    /** Sizes that are no numbers are open. */
    private Transformers input(String name, DType dtype, String... sizes) {
        var shape = TensorShapeProto.newBuilder();
        for (String size : sizes) {
            var dim = TensorShapeProto.Dimension.newBuilder();
            shape.addDim(
                    Character.isDigit(size.charAt(0)) ? dim.setDimValue(Long.parseLong(size)) : dim.setDimParam(size));
        }
        graph.addInput(ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(dtype.code())
                                .setShape(shape))));
        return this;
    }

    private byte[] model(String... outputs) {
        for (String output : outputs) {
            graph.addOutput(Onnx.unshaped(output, dtype));
        }
        return Onnx.model(graph)
                .addOpsetImport(Onnx.opset("com.microsoft", 1))
                .addOpsetImport(Onnx.opset("io.sardonyx", 1))
                .build()
                .toByteArray();
    }
}

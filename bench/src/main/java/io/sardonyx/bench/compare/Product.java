package io.sardonyx.bench.compare;

import io.sardonyx.onnx.proto.GraphProto;
import io.sardonyx.onnx.proto.ModelProto;
import io.sardonyx.onnx.proto.NodeProto;
import io.sardonyx.onnx.proto.OperatorSetIdProto;
import io.sardonyx.onnx.proto.TensorShapeProto;
import io.sardonyx.onnx.proto.TypeProto;
import io.sardonyx.onnx.proto.ValueInfoProto;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.Map;
import java.util.SplittableRandom;

/** A matmul as a model, {@code [m, k] × [k, n]} in float32; both operands are inputs. */
public record Product(long m, long n, long k) {
    private static final long SEED = 1;

    /** @throws IllegalArgumentException if a size is not positive */
    public Product {
        if (m < 1 || n < 1 || k < 1) {
            throw new IllegalArgumentException("expected sizes above 0, given m=" + m + " n=" + n + " k=" + k);
        }
    }

    /** Random operands {@code a} and {@code b}, the same at every call. */
    Map<String, HostTensor> operands() {
        SplittableRandom random = new SplittableRandom(SEED);
        HostTensor a = operand(random, m, k);
        return Map.of("a", a, "b", operand(random, k, n));
    }

    private static HostTensor operand(SplittableRandom random, long rows, long columns) {
        HostTensor tensor = HostTensor.allocate(TensorType.of(DType.FLOAT32, rows, columns));
        for (int i = 0; i < tensor.size(); i++) {
            tensor.set(i, random.nextDouble() - 0.5);
        }
        return tensor;
    }

    byte[] model() {
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
                .setGraph(GraphProto.newBuilder()
                        .setName("product")
                        .addInput(matrix("a", m, k))
                        .addInput(matrix("b", k, n))
                        .addNode(NodeProto.newBuilder()
                                .setOpType("MatMul")
                                .addInput("a")
                                .addInput("b")
                                .addOutput("y"))
                        .addOutput(matrix("y", m, n)))
                .build()
                .toByteArray();
    }

    private static ValueInfoProto matrix(String name, long rows, long columns) {
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(DType.FLOAT32.code())
                                .setShape(TensorShapeProto.newBuilder()
                                        .addDim(TensorShapeProto.Dimension.newBuilder()
                                                .setDimValue(rows))
                                        .addDim(TensorShapeProto.Dimension.newBuilder()
                                                .setDimValue(columns)))))
                .build();
    }
}

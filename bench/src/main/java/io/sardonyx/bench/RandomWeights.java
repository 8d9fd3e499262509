package io.sardonyx.bench;

import com.google.protobuf.ByteString;
import io.sardonyx.onnx.proto.TensorProto;
import io.sardonyx.tensor.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.SplittableRandom;

/** Initializers of the size that a trained network's have, so that values neither vanish nor explode on their way. */
record RandomWeights(SplittableRandom random) {
    /** Around 0: of variance {@code 2 / fan-in} where there is a fan-in, else small. */
    TensorProto around0(String name, List<Long> dims) {
        double fanIn = dims.stream().skip(1).mapToLong(d -> d).reduce(1, Math::multiplyExact);
        return uniform(name, dims, 0, dims.size() > 1 ? Math.sqrt(6 / fanIn) : 0.1); // ±√(6/n) has a variance of 2/n
    }

    /** Around 1, as scales and variances are. */
    TensorProto around1(String name, List<Long> dims) {
        return uniform(name, dims, 1, 0.5);
    }

    private TensorProto uniform(String name, List<Long> dims, double middle, double reach) {
        long size = dims.stream().mapToLong(d -> d).reduce(1, Math::multiplyExact);
        ByteBuffer values =
                ByteBuffer.allocate(Math.toIntExact(size * Float.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        while (values.hasRemaining()) {
            values.putFloat((float) (middle + reach * (2 * random.nextDouble() - 1)));
        }
        return TensorProto.newBuilder()
                .setName(name)
                .setDataType(DType.FLOAT32.code())
                .addAllDims(dims)
                .setRawData(ByteString.copyFrom(values.flip()))
                .build();
    }
}

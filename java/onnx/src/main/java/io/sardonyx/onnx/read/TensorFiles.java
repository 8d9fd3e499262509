package io.sardonyx.onnx.read;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import com.google.protobuf.UnsafeByteOperations;
import io.sardonyx.onnx.Limits;
import io.sardonyx.onnx.UnsupportedModelException;
import io.sardonyx.onnx.Where;
import io.sardonyx.onnx.graph.DeclaredType;
import io.sardonyx.onnx.proto.OptionalProto;
import io.sardonyx.onnx.proto.SequenceProto;
import io.sardonyx.onnx.proto.TensorProto;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.HostValue;
import io.sardonyx.tensor.HostValue.HostOptional;
import io.sardonyx.tensor.HostValue.HostSequence;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;

/**
 * Values in {@code .pb} files, as ONNX's test data have them: a tensor, a sequence or an optional. Such a file does not say which
 * of the three it holds; the type of the model's input or output does.
 */
public final class TensorFiles {
    private static final int TENSOR = 1;
    private static final int SPARSE = 2;
    private static final int SEQUENCE = 3;
    private static final int OPTIONAL = 5;

    private TensorFiles() {}

    /** A value of a model's input or output. */
    public record Named(String name, HostValue value) {}

    /** @throws io.sardonyx.onnx.ModelException if the file holds no such value */
    public static Named read(Path file, DeclaredType type) {
        var source = ModelSource.of(file);
        var unsupported = new Unsupported();
        Where where = Where.file(source.name());
        byte[] bytes = source.read(Limits.DEFAULT);
        try (var external = new ExternalData(source, ReadOptions.DEFAULT)) {
            var tensors = new TensorReader(Limits.DEFAULT, external, DeferredData.NONE, unsupported);
            var reader = new Reader(tensors, unsupported, where);
            String name;
            HostValue value;
            if (type instanceof DeclaredType.OfSequence) {
                SequenceProto proto = Protobuf.parse(SequenceProto.parser(), bytes, where, Limits.DEFAULT);
                name = proto.getName();
                value = reader.sequence(proto);
            } else if (type instanceof DeclaredType.OfOptional) {
                OptionalProto proto = Protobuf.parse(OptionalProto.parser(), bytes, where, Limits.DEFAULT);
                name = proto.getName();
                value = reader.optional(proto);
            } else {
                TensorProto proto = Protobuf.parse(TensorProto.parser(), bytes, where, Limits.DEFAULT);
                name = proto.getName();
                value = reader.tensor(proto);
            }
            if (!unsupported.isEmpty()) {
                throw new UnsupportedModelException(where, unsupported.items());
            }
            return new Named(name, value);
        }
    }

    public static HostTensor readTensor(Path file) {
        return (HostTensor) read(file, DeclaredType.UNKNOWN).value();
    }

    /** Nests no deeper than the parser allows. */
    private record Reader(TensorReader tensors, Unsupported unsupported, Where where) {
        HostValue tensor(TensorProto proto) {
            return tensors.read(proto, where).orElse(HostTensor.of(io.sardonyx.tensor.Shape.of(0), new float[0]));
        }

        HostValue sequence(SequenceProto proto) {
            var items = new ArrayList<HostValue>();
            proto.getTensorValuesList().forEach(item -> items.add(tensor(item)));
            proto.getSequenceValuesList().forEach(item -> items.add(sequence(item)));
            proto.getOptionalValuesList().forEach(item -> items.add(optional(item)));
            if (proto.getSparseTensorValuesCount() + proto.getMapValuesCount() > 0) {
                unsupported.add("a sequence of sparse tensors or maps", proto.getName());
            }
            return new HostSequence(items);
        }

        HostValue optional(OptionalProto proto) {
            return switch (proto.getElemType()) {
                case 0 -> new HostOptional(Optional.empty());
                case TENSOR -> some(proto.hasTensorValue(), proto.getTensorValue(), this::tensor);
                case SEQUENCE -> some(proto.hasSequenceValue(), proto.getSequenceValue(), this::sequence);
                case OPTIONAL -> some(proto.hasOptionalValue(), proto.getOptionalValue(), this::optional);
                default -> {
                    unsupported.add("an optional of kind " + proto.getElemType(), proto.getName());
                    yield new HostOptional(Optional.empty());
                }
            };
        }

        private static <T> HostValue some(boolean present, T proto, java.util.function.Function<T, HostValue> read) {
            return new HostOptional(present ? Optional.of(read.apply(proto)) : Optional.empty());
        }
    }

    /** Writes a tensor, sequence or optional. */
    public static void write(Path file, String name, HostValue value) throws IOException {
        MessageLite proto;
        if (value instanceof HostTensor tensor) {
            proto = proto(name, tensor);
        } else if (value instanceof HostSequence sequence) {
            proto = proto(name, sequence);
        } else {
            proto = proto(name, (HostOptional) value);
        }
        try (OutputStream out = Files.newOutputStream(file)) {
            proto.writeTo(out);
        }
    }

    static TensorProto proto(String name, HostTensor tensor) {
        var proto = TensorProto.newBuilder()
                .setName(name)
                .setDataType(tensor.dtype().code());
        for (long size : tensor.shape().toArray()) {
            proto.addDims(size);
        }
        if (tensor.dtype() == DType.STRING) {
            for (int i = 0; i < tensor.size(); i++) {
                proto.addStringData(ByteString.copyFromUtf8(tensor.getString(i)));
            }
        } else {
            ByteBuffer data = tensor.data();
            proto.setRawData(UnsafeByteOperations.unsafeWrap(
                    data.slice(data.position(), (int) tensor.type().byteSize())));
        }
        return proto.build();
    }

    private static SequenceProto proto(String name, HostSequence sequence) {
        var proto = SequenceProto.newBuilder().setName(name).setElemType(TENSOR);
        for (HostValue item : sequence.items()) {
            if (item instanceof HostTensor tensor) {
                proto.addTensorValues(proto("", tensor));
            } else if (item instanceof HostSequence inner) {
                proto.setElemType(SEQUENCE).addSequenceValues(proto("", inner));
            } else {
                proto.setElemType(OPTIONAL).addOptionalValues(proto("", (HostOptional) item));
            }
        }
        return proto.build();
    }

    private static OptionalProto proto(String name, HostOptional optional) {
        var proto = OptionalProto.newBuilder().setName(name);
        if (optional.value().isEmpty()) {
            return proto.build();
        }
        HostValue value = optional.value().get();
        if (value instanceof HostTensor tensor) {
            proto.setElemType(TENSOR).setTensorValue(proto("", tensor));
        } else if (value instanceof HostSequence sequence) {
            proto.setElemType(SEQUENCE).setSequenceValue(proto("", sequence));
        } else {
            proto.setElemType(OPTIONAL).setOptionalValue(proto("", (HostOptional) value));
        }
        return proto.build();
    }
}

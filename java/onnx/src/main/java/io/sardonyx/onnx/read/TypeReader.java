package io.sardonyx.onnx.read;

import io.sardonyx.onnx.InvalidShapeException;
import io.sardonyx.onnx.graph.DeclaredType;
import io.sardonyx.onnx.graph.Dim;
import io.sardonyx.onnx.proto.TensorShapeProto;
import io.sardonyx.onnx.proto.TypeProto;
import io.sardonyx.onnx.proto.ValueInfoProto;
import io.sardonyx.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads declared types. What is not supported is noted, and reads as {@link DeclaredType#UNKNOWN}. */
final class TypeReader {
    private final ModelContext context;

    TypeReader(ModelContext context) {
        this.context = context;
    }

    DeclaredType read(ValueInfoProto info) {
        return info.hasType() ? read(info.getType(), info.getName()) : DeclaredType.UNKNOWN;
    }

    /** @param name of the value or node that has the type */
    DeclaredType read(TypeProto type, String name) {
        return read(type, name, 0);
    }

    private DeclaredType read(TypeProto type, String name, int depth) {
        context.checkDepth(depth, "the type of '" + name + "' nests");
        return switch (type.getValueCase()) {
            case TENSOR_TYPE -> {
                TypeProto.Tensor tensor = type.getTensorType();
                if (tensor.getElemType() == 0) {
                    yield DeclaredType.UNKNOWN;
                }
                Optional<List<Dim>> dims =
                        tensor.hasShape() ? Optional.of(dims(tensor.getShape(), name)) : Optional.empty();
                yield dtype(tensor.getElemType(), name)
                        .<DeclaredType>map(dtype -> new DeclaredType.OfTensor(dtype, dims))
                        .orElse(DeclaredType.UNKNOWN);
            }
            case SEQUENCE_TYPE ->
                new DeclaredType.OfSequence(read(type.getSequenceType().getElemType(), name, depth + 1));
            case OPTIONAL_TYPE ->
                new DeclaredType.OfOptional(read(type.getOptionalType().getElemType(), name, depth + 1));
            case MAP_TYPE -> {
                DeclaredType value = read(type.getMapType().getValueType(), name, depth + 1);
                yield dtype(type.getMapType().getKeyType(), name)
                        .<DeclaredType>map(key -> new DeclaredType.OfMap(key, value))
                        .orElse(DeclaredType.UNKNOWN);
            }
            case SPARSE_TENSOR_TYPE, OPAQUE_TYPE -> {
                boolean sparse = type.getValueCase() == TypeProto.ValueCase.SPARSE_TENSOR_TYPE;
                context.unsupported().add(sparse ? "type sparse tensor" : "type opaque", "value '" + name + "'");
                yield DeclaredType.UNKNOWN;
            }
            case VALUE_NOT_SET -> DeclaredType.UNKNOWN;
        };
    }

    private Optional<DType> dtype(int code, String name) {
        Optional<DType> dtype = TensorReader.dtype(code);
        if (dtype.isEmpty()) {
            context.unsupported().add("element type " + code, "value '" + name + "'");
        }
        return dtype;
    }

    private List<Dim> dims(TensorShapeProto shape, String name) {
        var dims = new ArrayList<Dim>(shape.getDimCount());
        long elements = 1;
        for (TensorShapeProto.Dimension dim : shape.getDimList()) {
            switch (dim.getValueCase()) {
                case DIM_VALUE -> {
                    long size = dim.getDimValue();
                    // Some exporters write -1 for an unknown size; anything else below 0 is a mistake.
                    if (size < -1) {
                        throw new InvalidShapeException(context.where(), "value '" + name + "': negative size " + size);
                    }
                    dims.add(size == -1 ? Dim.UNKNOWN : Dim.of(size));
                    if (size > 0 && Math.multiplyHigh(elements, size) != 0 || elements * size < 0 && size > 0) {
                        throw new InvalidShapeException(
                                context.where(), "value '" + name + "': sizes overflow 64 bits: " + dims);
                    }
                    elements *= Math.max(size, 1);
                }
                case DIM_PARAM -> dims.add(dim.getDimParam().isEmpty() ? Dim.UNKNOWN : Dim.of(dim.getDimParam()));
                case VALUE_NOT_SET -> dims.add(Dim.UNKNOWN);
            }
        }
        return dims;
    }
}

package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * Looks each element up in a table: keys of one type, values of another, and a value for what is not among the keys; NaN is a key
 * like others. ai.onnx.ml LabelEncoder, version 1 on; version 1 maps strings to their index in a list, and integers back.
 *
 * @param tables one for each element type of keys that the node takes
 */
public record LabelEncoder(List<Table> tables) implements TensorOperator {
    /** Keys and values are {@code String}, {@code Long} or {@code Double}. */
    record Table(DType keyType, DType valueType, Map<Object, Object> entries, Object otherwise) {}

    static LabelEncoder read(Attributes attributes) {
        String defaultString = attributes.getString("default_string", "_Unused");
        long defaultInt = attributes.getInt("default_int64", -1);
        if (attributes.opset() < 2) {
            List<Object> strings = List.copyOf(attributes.getStrings("classes_strings"));
            List<Object> indices = LongStream.range(0, strings.size())
                    .boxed()
                    .map(i -> (Object) i)
                    .toList();
            return new LabelEncoder(List.of(
                    table(DType.STRING, DType.INT64, strings, indices, defaultInt),
                    table(DType.INT64, DType.STRING, indices, strings, defaultString)));
        }
        HostTensor keys = tensor(attributes, "keys");
        HostTensor values = tensor(attributes, "values");
        Object otherwise = attributes.has("default_tensor")
                ? list(attributes.getTensor("default_tensor")).get(0)
                : switch (values.dtype()) {
                    case STRING -> defaultString;
                    case INT64 -> defaultInt;
                    case INT16 -> -1L;
                    default -> (double) attributes.getFloat("default_float", -0.0f);
                };
        return new LabelEncoder(List.of(table(keys.dtype(), values.dtype(), list(keys), list(values), otherwise)));
    }

    /** The attribute of this name with the ending of its type. */
    private static HostTensor tensor(Attributes attributes, String name) {
        if (attributes.has(name + "_tensor")) {
            return attributes.getTensor(name + "_tensor");
        }
        List<String> strings = attributes.getStrings(name + "_strings");
        long[] longs = attributes.getInts(name + "_int64s");
        float[] floats = attributes.getFloats(name + "_floats");
        if (!strings.isEmpty()) {
            return HostTensor.of(Shape.of(strings.size()), strings.toArray(String[]::new));
        }
        return attributes.has(name + "_floats")
                ? HostTensor.of(Shape.of(floats.length), floats)
                : HostTensor.of(Shape.of(longs.length), longs);
    }

    private static List<Object> list(HostTensor tensor) {
        List<Object> list = new ArrayList<>();
        for (int i = 0; i < tensor.size(); i++) {
            list.add(element(tensor, i));
        }
        return list;
    }

    private static Object element(HostTensor tensor, int i) {
        return switch (tensor.dtype()) {
            case STRING -> tensor.getString(i);
            // Adding 0 makes one key of 0 and -0; as a Double, NaN equals NaN.
            case FLOAT32, FLOAT64 -> tensor.getDouble(i) + 0.0;
            default -> tensor.getLong(i);
        };
    }

    private static Table table(
            DType keyType, DType valueType, List<Object> keys, List<Object> values, Object otherwise) {
        if (keys.size() != values.size()) {
            throw new IllegalArgumentException(
                    "LabelEncoder: " + keys.size() + " keys and " + values.size() + " values");
        }
        Map<Object, Object> entries = new HashMap<>();
        for (int i = 0; i < keys.size(); i++) {
            entries.put(keys.get(i), values.get(i));
        }
        return new Table(keyType, valueType, Map.copyOf(entries), otherwise);
    }

    private Table table(DType keyType) {
        return tables.stream()
                .filter(t -> t.keyType == keyType)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "LabelEncoder: expected " + tables.get(0).keyType + ", given " + keyType));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        return List.of(in.get(0).with(table(in.dtype(0)).valueType));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor x = in.get(0);
        HostTensor y = out.get(0);
        Table table = table(x.dtype());
        for (int i = 0; i < x.size(); i++) {
            Object value = table.entries.getOrDefault(element(x, i), table.otherwise);
            if (value instanceof String text) {
                y.setString(i, text);
            } else if (value instanceof Long integer) {
                y.set(i, (long) integer);
            } else {
                y.set(i, (double) value);
            }
        }
    }
}

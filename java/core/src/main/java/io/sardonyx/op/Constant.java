package io.sardonyx.op;

import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;

/**
 * The value of the one attribute that the node has. ONNX Constant, all opsets; a sparse value comes as the dense tensor that it
 * stands for.
 */
public record Constant(HostTensor value) implements DataMovement {
    static Constant read(Attributes attributes) {
        List<String> given = List.copyOf(attributes.all().keySet());
        if (given.size() != 1) {
            throw new IllegalArgumentException("Constant: expected one attribute, given " + given);
        }
        String name = given.get(0);
        return new Constant(
                switch (name) {
                    case "value", "sparse_value" -> attributes.getTensor(name);
                    case "value_int" -> HostTensor.of(Shape.SCALAR, attributes.getInt(name));
                    case "value_ints" -> list(attributes.getInts(name));
                    case "value_float" -> HostTensor.of(Shape.SCALAR, attributes.getFloat(name));
                    case "value_floats" -> list(attributes.getFloats(name));
                    case "value_string" -> HostTensor.of(Shape.SCALAR, attributes.getString(name));
                    case "value_strings" -> list(attributes.getStrings(name).toArray(String[]::new));
                    default -> throw new IllegalArgumentException("Constant: unknown attribute " + name);
                });
    }

    private static HostTensor list(long[] values) {
        return HostTensor.of(Shape.of(values.length), values);
    }

    private static HostTensor list(float[] values) {
        return HostTensor.of(Shape.of(values.length), values);
    }

    private static HostTensor list(String[] values) {
        return HostTensor.of(Shape.of(values.length), values);
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        return List.of(value.type());
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        out.get(0).copyAll(value);
    }
}

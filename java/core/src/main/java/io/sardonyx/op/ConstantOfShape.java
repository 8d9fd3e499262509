package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/** One value everywhere, under the shape that input 0 lists; float32 0 by default. ONNX ConstantOfShape, all opsets. */
public record ConstantOfShape(HostTensor value) implements DataMovement {
    static ConstantOfShape read(Attributes attributes) {
        HostTensor value = attributes.has("value")
                ? attributes.getTensor("value")
                : HostTensor.allocate(TensorType.of(DType.FLOAT32));
        if (value.size() != 1) {
            throw new IllegalArgumentException("ConstantOfShape: expected one value, given " + value);
        }
        return new ConstantOfShape(value);
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        return List.of(value.type().with(Shape.of(integers(in, 0))));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        for (int i = 0; i < out.get(0).size(); i++) {
            out.get(0).copy(i, value, 0);
        }
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        return DataMovement.byWidth("fill", in, out)
                .map(launch -> launch.output(0).param(DataMovement.bits(value)));
    }
}

package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The slices along {@code axis} for which the condition holds; without an axis the elements of the flattened input. A condition
 * that is too short ends with false. ONNX Compress, all opsets.
 */
public record Compress(Optional<Long> axis) implements DynamicOperator {
    static Compress read(Attributes attributes) {
        return new Compress(attributes.ifPresent("axis", a -> a.getInt("axis")));
    }

    @Override
    public List<HostTensor> evaluate(Values in, Evaluation evaluation) {
        HostTensor condition = in.tensor(1);
        if (condition.dtype() != DType.BOOL || condition.shape().rank() != 1) {
            throw new IllegalArgumentException("Compress: expected a list of bool as condition, given " + condition);
        }
        HostTensor x = axis.isPresent()
                ? in.tensor(0)
                : in.tensor(0).reshaped(Shape.of(in.tensor(0).size()));
        int along = x.shape().axis(axis.orElse(0L));
        int size = (int) x.shape().size(along);
        int[] kept = IntStream.range(0, condition.size())
                .filter(condition::getBoolean)
                .toArray();
        if (kept.length > 0 && kept[kept.length - 1] >= size) {
            throw new IllegalArgumentException("Compress: the condition holds at " + kept[kept.length - 1]
                    + ", but axis " + along + " of " + x + " has size " + size);
        }
        HostTensor y = HostTensor.allocate(x.type().with(x.shape().with(along, kept.length)));
        int block = (int) x.shape().elements(along + 1, x.shape().rank());
        int to = 0;
        for (int row = 0; row < x.shape().elements(0, along); row++) {
            for (int i : kept) {
                y.copy(to, x, (row * size + i) * block, block);
                to += block;
            }
        }
        return List.of(y);
    }
}

package io.sardonyx.op;

import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The layout [N, spatial axes, C], and how it is told from ONNX's [N, C, spatial axes]. */
final class ChannelsLast {
    private ChannelsLast() {}

    /** The shape in ONNX's layout of one whose channels are last. */
    static Shape toFirst(Shape shape) {
        int rank = shape.rank();
        return shape.slice(0, 1).concat(shape.slice(rank - 1, rank)).concat(shape.slice(1, rank - 1));
    }

    static TensorType toFirst(TensorType type) {
        return type.with(toFirst(type.shape()));
    }

    /** A copy in ONNX's layout. */
    static HostTensor toFirst(HostTensor tensor) {
        List<Long> axes = new ArrayList<>(List.of(0L, tensor.shape().rank() - 1L));
        for (long axis = 1; axis < tensor.shape().rank() - 1; axis++) {
            axes.add(axis);
        }
        HostTensor moved = HostTensor.allocate(toFirst(tensor.type()));
        move(axes, tensor, moved);
        return moved;
    }

    /** The shape with its channels last of one in ONNX's layout. */
    static Shape toLast(Shape shape) {
        return shape.slice(0, 1).concat(shape.slice(2, shape.rank())).concat(shape.slice(1, 2));
    }

    /** Copies a tensor in ONNX's layout into one whose channels are last. */
    static void toLast(HostTensor from, HostTensor to) {
        List<Long> axes = new ArrayList<>(List.of(0L));
        for (long axis = 2; axis < from.shape().rank(); axis++) {
            axes.add(axis);
        }
        axes.add(1L);
        move(axes, from, to);
    }

    private static void move(List<Long> axes, HostTensor from, HostTensor to) {
        new Transpose(Optional.of(axes)).reference(Inputs.of(from), List.of(to));
    }
}

package io.sardonyx.op;

import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import java.util.List;

/** Tensors cut along an axis and joined along an axis, for operators over sequences and steps. Any element type. */
final class TensorLists {
    private TensorLists() {}

    /** Indices {@code [from, from + size)} of axis {@code axis}. */
    static HostTensor part(HostTensor source, int axis, long from, long size) {
        Shape shape = source.shape();
        HostTensor result = HostTensor.allocate(source.type().with(shape.with(axis, size)));
        int inner = (int) shape.elements(axis + 1, shape.rank());
        int outer = (int) shape.elements(0, axis);
        int length = Math.toIntExact(size * inner);
        for (int i = 0; i < outer && length > 0; i++) {
            copy(result, i * length, source, (int) ((i * shape.size(axis) + from) * inner), length);
        }
        return result;
    }

    /** Index {@code index} of axis {@code axis}, which goes away. */
    static HostTensor slice(HostTensor source, int axis, long index) {
        return part(source, axis, index, 1).reshaped(removeAxis(source.shape(), axis));
    }

    /**
     * The tensors one behind the other along axis {@code axis}; there is at least one.
     *
     * @param what begins the message if they do not fit
     */
    static HostTensor concat(String what, List<HostTensor> tensors, long axis) {
        HostTensor first = tensors.get(0);
        int at = first.shape().axis(axis);
        long size = 0;
        for (HostTensor t : tensors) {
            if (t.dtype() != first.dtype()
                    || t.shape().rank() != first.shape().rank()
                    || !t.shape().with(at, 0).equals(first.shape().with(at, 0))) {
                throw new IllegalArgumentException(
                        what + ": " + t + " does not continue " + first + " along axis " + at);
            }
            size = Math.addExact(size, t.shape().size(at));
        }
        HostTensor result = HostTensor.allocate(first.type().with(first.shape().with(at, size)));
        int outer = (int) first.shape().elements(0, at);
        int row = outer == 0 ? 0 : result.size() / outer;
        int offset = 0;
        for (HostTensor t : tensors) {
            int length = outer == 0 ? 0 : t.size() / outer;
            for (int i = 0; i < outer && length > 0; i++) {
                copy(result, i * row + offset, t, i * length, length);
            }
            offset += length;
        }
        return result;
    }

    /** The tensors, all of one shape, along a new axis that becomes axis {@code axis} of the result. */
    static HostTensor stack(String what, List<HostTensor> tensors, long axis) {
        Shape shape = tensors.get(0).shape();
        int at = insertAxis(shape, axis, 1).axis(axis);
        List<HostTensor> slabs = tensors.stream()
                .map(t -> t.reshaped(insertAxis(t.shape(), at, 1)))
                .toList();
        return concat(what, slabs, at);
    }

    /** {@code shape} with a new axis of size {@code size}, which becomes axis {@code axis} of the result. */
    static Shape insertAxis(Shape shape, long axis, long size) {
        int rank = shape.rank() + 1;
        if (axis < -rank || axis >= rank) {
            throw new IllegalArgumentException("axis " + axis + " is out of range for " + shape + " with a new axis");
        }
        int at = (int) (axis < 0 ? axis + rank : axis);
        return shape.slice(0, at).concat(Shape.of(size)).concat(shape.slice(at, shape.rank()));
    }

    static Shape removeAxis(Shape shape, int axis) {
        return shape.slice(0, axis).concat(shape.slice(axis + 1, shape.rank()));
    }

    /** Elements {@code [at, at + count)} of {@code target} become those of {@code source} from {@code from} on. */
    static void copy(HostTensor target, int at, HostTensor source, int from, int count) {
        int bytes = target.dtype().bits() / 8;
        if (bytes > 0) {
            target.data().put(at * bytes, source.data(), from * bytes, count * bytes);
        } else {
            for (int i = 0; i < count; i++) {
                target.copy(at + i, source, from + i);
            }
        }
    }
}

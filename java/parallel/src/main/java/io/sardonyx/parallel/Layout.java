package io.sardonyx.parallel;

import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;

/**
 * How a value is cut: along {@code axis}, each of the {@code parts} that lie behind each other there into as many equal pieces as there are
 * ranks. A projection to Q, K and V in one matrix has three parts, so that a rank gets the same heads of each.
 *
 * @param parts their sizes; in a {@link Factor}, none for any that add up to the axis
 */
record Layout(int axis, List<Long> parts) {
    Layout {
        parts = List.copyOf(parts);
    }

    static Layout along(int axis) {
        return new Layout(axis, List.of());
    }

    long size() {
        return parts.stream().mapToLong(Long::longValue).sum();
    }

    /** Whether each part can be cut into that many pieces that hold something. */
    boolean divides(int ranks) {
        return parts.stream().allMatch(part -> part > 0 && part % ranks == 0);
    }

    TensorType pieceOf(TensorType whole, int ranks) {
        return whole.with(whole.shape().with(axis, size() / ranks));
    }

    HostTensor piece(HostTensor whole, int rank, int ranks) {
        HostTensor piece = HostTensor.allocate(pieceOf(whole.type(), ranks));
        copy(whole.shape(), rank, ranks, (at, from, count) -> piece.copy(at, whole, from, count));
        return piece;
    }

    /** The inverse of {@link #piece}. */
    HostTensor join(List<HostTensor> pieces) {
        TensorType type = pieces.get(0).type();
        HostTensor whole = HostTensor.allocate(type.with(type.shape().with(axis, size())));
        for (int rank = 0; rank < pieces.size(); rank++) {
            HostTensor piece = pieces.get(rank);
            copy(whole.shape(), rank, pieces.size(), (from, at, count) -> whole.copy(at, piece, from, count));
        }
        return whole;
    }

    private interface Run {
        void copy(int inPiece, int inWhole, int count);
    }

    /** Every run of elements that lies together in the whole and in a rank's piece. */
    private void copy(Shape whole, int rank, int ranks, Run run) {
        int rows = (int) whole.elements(0, axis);
        int inner = (int) whole.elements(axis + 1, whole.rank());
        int inPiece = 0;
        int start = 0;
        for (int row = 0; row < rows; row++) {
            for (long part : parts) {
                int count = (int) (part / ranks) * inner;
                run.copy(inPiece, start + rank * count, count);
                inPiece += count;
                start += (int) part * inner;
            }
        }
    }
}

package io.sardonyx.op;

import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;

/** A tensor seen as [batch, heads, rows, size], whatever the order of its axes. */
record Heads(
        HostTensor tensor,
        int offset,
        int batch,
        int heads,
        int rows,
        int size,
        int batchStride,
        int headStride,
        int rowStride) {

    /** A tensor [batch, heads, rows, size]. */
    static Heads of(HostTensor tensor) {
        Shape s = tensor.shape();
        long[] strides = s.strides();
        return new Heads(
                tensor,
                0,
                (int) s.size(0),
                (int) s.size(1),
                (int) s.size(2),
                (int) s.size(3),
                (int) strides[0],
                (int) strides[1],
                (int) strides[2]);
    }

    /** Columns {@code [from, from + heads · size)} of a tensor [batch, rows, columns], or [batch, rows, heads, size]. */
    static Heads columns(HostTensor tensor, int from, int heads, int size) {
        Shape s = tensor.shape();
        int rows = (int) s.size(1);
        int row = (int) s.elements(2, s.rank());
        return new Heads(tensor, from, (int) s.size(0), heads, rows, size, rows * row, size, row);
    }

    /** All columns of a tensor [batch, rows, heads · size]. */
    static Heads columns(HostTensor tensor, int heads) {
        return columns(
                tensor,
                0,
                heads,
                (int) tensor.shape().elements(2, tensor.shape().rank()) / heads);
    }

    private int at(int b, int h, int row, int i) {
        return offset + b * batchStride + h * headStride + row * rowStride + i;
    }

    double get(int b, int h, int row, int i) {
        return tensor.getDouble(at(b, h, row, i));
    }

    void set(int b, int h, int row, int i, double value) {
        tensor.set(at(b, h, row, i), value);
    }

    /** Rows from {@code row} on become those of {@code source}, which has the same element type. */
    void copyRows(int row, Heads source) {
        for (int b = 0; b < batch; b++) {
            for (int h = 0; h < heads; h++) {
                for (int r = 0; r < source.rows; r++) {
                    TensorLists.copy(tensor, at(b, h, row + r, 0), source.tensor, source.at(b, h, r, 0), size);
                }
            }
        }
    }
}

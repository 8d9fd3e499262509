package io.sardonyx.op;

import io.sardonyx.tensor.HostTensor;

/** A tensor seen as [batch, heads, rows, size], whatever the order of its axes; {@code offset} elements into the tensor. */
record Heads(HostTensor tensor, int offset, HeadLayout layout) {
    /** A tensor [batch, heads, rows, size]. */
    static Heads of(HostTensor tensor) {
        return new Heads(tensor, 0, HeadLayout.of(tensor.shape()));
    }

    /** Columns {@code [from, from + heads · size)} of a tensor [batch, rows, columns]. */
    static Heads columns(HostTensor tensor, int from, int heads, int size) {
        return new Heads(tensor, from, HeadLayout.columns(tensor.shape(), heads, size));
    }

    /** A tensor [batch, rows, heads · size], or [batch, rows, heads, size]. */
    static Heads columns(HostTensor tensor, int heads) {
        return new Heads(tensor, 0, HeadLayout.columns(tensor.shape(), heads));
    }

    int batch() {
        return (int) layout.batch();
    }

    int heads() {
        return (int) layout.heads();
    }

    int rows() {
        return (int) layout.rows();
    }

    int size() {
        return (int) layout.size();
    }

    private int at(int b, int h, int row, int i) {
        return offset + (int) (b * layout.batchStride() + h * layout.headStride() + row * layout.rowStride()) + i;
    }

    double get(int b, int h, int row, int i) {
        return tensor.getDouble(at(b, h, row, i));
    }

    void set(int b, int h, int row, int i, double value) {
        tensor.set(at(b, h, row, i), value);
    }

    /** Rows from {@code row} on become those of {@code source}, which has the same element type. */
    void copyRows(int row, Heads source) {
        for (int b = 0; b < batch(); b++) {
            for (int h = 0; h < heads(); h++) {
                for (int r = 0; r < source.rows(); r++) {
                    TensorLists.copy(tensor, at(b, h, row + r, 0), source.tensor, source.at(b, h, r, 0), size());
                }
            }
        }
    }
}

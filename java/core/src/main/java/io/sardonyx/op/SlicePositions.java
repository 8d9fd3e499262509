package io.sardonyx.op;

import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;

/** Where GatherND and ScatterND find the slice of data that a row of indices names, after {@code batchAxes} common axes. */
final class SlicePositions {
    private final DataMovement operator;
    private final Shape data;
    private final HostTensor indices;
    private final int batchAxes;
    /** How many axes of the data a row of indices names. */
    private final int depth;
    /** Elements of a slice. */
    final int block;
    /** Rows of indices. */
    final int count;

    SlicePositions(DataMovement operator, Shape data, HostTensor indices, int batchAxes) {
        this.operator = operator;
        this.data = data;
        this.indices = indices;
        this.batchAxes = batchAxes;
        this.depth = (int) indices.shape().size(-1);
        this.block = (int) data.elements(batchAxes + depth, data.rank());
        this.count = (int) indices.shape().elements(0, indices.shape().rank() - 1);
    }

    /** The number of data's axes that a row of indices names, which is checked. */
    static int depth(DataMovement operator, Shape data, Shape indices, int batchAxes) {
        long depth = indices.rank() == 0 ? -1 : indices.size(-1);
        if (depth < 0 || depth > data.rank() - batchAxes) {
            throw operator.refuse("expected indices of at most " + (data.rank() - batchAxes)
                    + " axes each, given indices " + indices + " for data " + data);
        }
        return (int) depth;
    }

    /** The data's position for row {@code row} of the indices. */
    int of(int row) {
        int perBatch = count / (int) data.elements(0, batchAxes);
        int position = row / perBatch;
        for (int i = 0; i < depth; i++) {
            int size = (int) data.size(batchAxes + i);
            position = position * size + operator.index(indices.getLong(row * depth + i), size);
        }
        return position * block;
    }
}

package io.sardonyx.onnx;

import io.sardonyx.op.AllReduce;
import io.sardonyx.tensor.Tensor;

/** What a model that is one rank of a group asks of the others. Runs call it on their own threads, node by node in the graph's order. */
@FunctionalInterface
public interface Collectives {
    /** Every rank's tensor, which is dense and on the model's device, becomes their reduction; returns when it is there. */
    void allReduce(Tensor tensor, AllReduce operator);
}

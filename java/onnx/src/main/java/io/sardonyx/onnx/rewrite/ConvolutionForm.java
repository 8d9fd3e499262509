package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.graph.Node;

/** How the convolutions of a graph work in a {@link ChannelOrder}. */
interface ConvolutionForm {
    /** Lets {@code node} give its result in the other order, if it is a convolution that can. */
    boolean arrange(ArrangedValues values, Node node);

    /** Called when all nodes are arranged. */
    default void finish() {}
}

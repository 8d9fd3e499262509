package io.sardonyx.testkit;

import io.sardonyx.op.Subgraph;
import io.sardonyx.tensor.HostValue;
import java.util.List;
import java.util.function.Function;

/** A subgraph written in Java, for cases of If, Loop and Scan. */
public record JavaSubgraph(int inputs, int outputs, Function<List<? extends HostValue>, List<HostValue>> body)
        implements Subgraph {
    List<HostValue> apply(List<? extends HostValue> values) {
        return body.apply(values);
    }
}

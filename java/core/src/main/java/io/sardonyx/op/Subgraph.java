package io.sardonyx.op;

/** A graph inside a node's attribute. Opaque to operators, which run it through {@link Evaluation#run}. */
public interface Subgraph {
    /** The number of formal inputs. */
    int inputs();

    /** The number of outputs. */
    int outputs();
}

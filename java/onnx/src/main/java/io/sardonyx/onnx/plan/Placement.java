package io.sardonyx.onnx.plan;

/**
 * Where a node runs.
 *
 * @param where a device's name; {@code reference} for Java; {@code folded} for what planning worked out; {@code alias} for a node
 *     that only renames its input; {@code host} for one that only runs subgraphs, whose nodes have places of their own
 */
public record Placement(String node, String opType, String where) {}

package io.sardonyx.onnx.plan;

/**
 * Where a node runs.
 *
 * @param where a device's name; {@code reference} for Java; {@code folded} for what planning worked out; {@code alias} for a node
 *     that only renames its input; {@code host} for one that only runs subgraphs, whose nodes have places of their own
 * @param kernel the kernel that the device runs for it; empty where there is none
 */
public record Placement(String node, String opType, String where, String kernel) {
    Placement(String node, String opType, String where) {
        this(node, opType, where, "");
    }
}

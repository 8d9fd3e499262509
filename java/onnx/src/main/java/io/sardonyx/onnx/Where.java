package io.sardonyx.onnx;

/** The place in a model that an error is about: the file (or what stands for it) and the node, "" where there is none. */
public record Where(String file, String node) {
    public static Where file(String file) {
        return new Where(file, "");
    }

    public Where node(String name) {
        return new Where(file, name);
    }

    /** As in {@code model.onnx: node 'conv1': }; the beginning of a message. */
    String prefix() {
        return (file.isEmpty() ? "" : file + ": ") + (node.isEmpty() ? "" : "node '" + node + "': ");
    }
}

package io.sardonyx.onnx;

import java.util.List;

/** A valid model that needs operators, versions or types which Sardonyx does not have; lists all of them. */
public final class UnsupportedModelException extends ModelException {
    private static final long serialVersionUID = 1;

    /** As many as a message shows; {@link #items} has them all. */
    private static final int SHOWN = 20;

    private final List<String> items;

    public UnsupportedModelException(Where where, List<String> items) {
        super(Code.UNSUPPORTED, where, describe(items), null);
        this.items = List.copyOf(items);
    }

    private static String describe(List<String> items) {
        String shown = String.join("; ", items.subList(0, Math.min(SHOWN, items.size())));
        return "not supported: " + shown + (items.size() > SHOWN ? "; and " + (items.size() - SHOWN) + " more" : "");
    }

    /** Everything that is not supported, with the names of the nodes that need it. */
    public List<String> items() {
        return items;
    }
}

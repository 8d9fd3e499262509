package io.sardonyx.onnx;

/** A model that needs more than {@link Limits} allow. */
public final class ModelLimitException extends ModelException {
    private static final long serialVersionUID = 1;
    private final Limits.Kind limit;
    private final long allowed;
    private final long needed;

    /** @param needed what the model needs, at least; {@code Long.MAX_VALUE} if it is beyond counting */
    public ModelLimitException(Where where, Limits.Kind limit, long allowed, long needed, String what) {
        super(
                Code.LIMIT,
                where,
                what + ": " + (needed == Long.MAX_VALUE ? "beyond counting" : needed) + " " + limit.unit()
                        + ", allowed " + allowed + " (raise it with Limits." + limit.method() + ")",
                null);
        this.limit = limit;
        this.allowed = allowed;
        this.needed = needed;
    }

    public Limits.Kind limit() {
        return limit;
    }

    public long allowed() {
        return allowed;
    }

    /** What the model needs, at least. */
    public long needed() {
        return needed;
    }
}

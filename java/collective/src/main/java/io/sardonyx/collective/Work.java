package io.sardonyx.collective;

/** A collective call that was begun. The tensors of the call belong to it until {@link #await} has returned. */
public interface Work {
    /**
     * Waits until the result is there.
     *
     * @throws CollectiveException at the deadline of the call at the latest, if it is not
     */
    void await();

    /** Whether {@link #await} would return, or throw, at once. */
    boolean isDone();
}

package io.sardonyx.collective;

/** How the elements of all ranks become one; always in the order of the ranks, so that every rank and every run gets the same bits. */
public enum Reduction {
    SUM,
    PRODUCT,
    MIN,
    MAX,
    /** The sum divided by the number of ranks, as a division rounds; of floating-point types only. */
    MEAN
}

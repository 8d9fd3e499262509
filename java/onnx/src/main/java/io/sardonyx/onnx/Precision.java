package io.sardonyx.onnx;

/** How exact float32 arithmetic is to be. */
public enum Precision {
    /** Within the error of a sequential float32 dot product. */
    STRICT,
    /** Float32 throughout, by any algorithm whose error stays within 4 times that of the direct one. */
    FLOAT32,
    /** Operands of matrix products are rounded to a shorter format where a device is faster with it: to tf32 on GPUs. */
    FAST
}

package io.sardonyx.onnx;

/** How exact float32 arithmetic is to be. */
public enum Precision {
    /** Within the error of a sequential float32 dot product. */
    STRICT,
    /** Float32 throughout, by any algorithm whose error stays within 4 times that of the direct one. */
    FLOAT32,
    /** Shorter formats inside matrix products where a device is faster with them. */
    FAST
}

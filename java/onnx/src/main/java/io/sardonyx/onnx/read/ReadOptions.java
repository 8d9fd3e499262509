package io.sardonyx.onnx.read;

import io.sardonyx.onnx.Limits;

/**
 * How a model is read.
 *
 * @param trusted external data may lie behind symbolic and hard links, as in a download cache that links its files
 */
public record ReadOptions(Limits limits, boolean trusted) {
    public static final ReadOptions DEFAULT = new ReadOptions(Limits.DEFAULT, false);
}

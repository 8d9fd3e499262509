package io.sardonyx.onnx;

import java.util.Map;

/**
 * What a model says about itself.
 *
 * @param source the file, or what stands for it
 * @param opsets the version of each domain's operators; "" is ONNX's own domain
 */
public record ModelInfo(
        String source,
        long irVersion,
        Map<String, Integer> opsets,
        String producer,
        String producerVersion,
        String domain,
        long version,
        String description,
        Map<String, String> metadata) {}

package io.sardonyx.onnx.read;

import io.sardonyx.onnx.ModelInfo;
import io.sardonyx.onnx.graph.Graph;

/** A model as read: checked, its functions expanded, its operators known. */
public record ModelDocument(ModelInfo info, Graph graph) {}

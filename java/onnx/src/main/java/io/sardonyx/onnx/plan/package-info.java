/**
 * From a graph to something that runs: types for one set of input shapes, kernels, memory offsets and order, compiled into
 * programs. What only a run can tell cuts the graph into stages, each planned when the values before it are known.
 */
package io.sardonyx.onnx.plan;

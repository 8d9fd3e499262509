/** Transformations of a graph that keep its meaning and make it run faster; one file each, listed in {@link Rewrites}. */
package io.sardonyx.onnx.rewrite;

/** Models that run on several devices at once. Start with {@link io.sardonyx.parallel.TensorParallel}. */
package io.sardonyx.parallel;

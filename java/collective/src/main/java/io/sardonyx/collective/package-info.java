/**
 * Tensors of several devices summed, gathered and spread: {@link io.sardonyx.collective.Group} of the devices of one process, by
 * kernels of our own, or of several processes, by NCCL and Gloo.
 */
package io.sardonyx.collective;

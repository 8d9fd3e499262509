/** NCCL between processes with a GPU each; found by {@link io.sardonyx.collective.Group#join}. Not run on GPUs yet. */
package io.sardonyx.collective.nccl;

/** Kernels timed by the device's own clock, and NVIDIA's libraries beside them. */
package io.sardonyx.bench.device;

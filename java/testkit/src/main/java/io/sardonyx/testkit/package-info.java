/**
 * A test kit for tensors and kernels, usable from anybody's JUnit: compare against an oracle within a stated tolerance, see where
 * it fails. {@link io.sardonyx.testkit.OperatorTest} is the contract that every operator keeps on every device.
 */
package io.sardonyx.testkit;

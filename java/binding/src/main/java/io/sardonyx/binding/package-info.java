/**
 * The native runtime as devices: everything that knows JavaCPP and JNI. Programs meet it through {@link
 * io.sardonyx.device.Devices} only.
 */
package io.sardonyx.binding;

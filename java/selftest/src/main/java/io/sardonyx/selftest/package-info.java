/** How a machine finds out whether its GPU computes as it should, and how fast: the command that the bundle is for. */
package io.sardonyx.selftest;

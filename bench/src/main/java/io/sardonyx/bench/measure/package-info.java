/** How it is measured: children that take turns, samples, when to stop, roofs, and what comes out. */
package io.sardonyx.bench.measure;

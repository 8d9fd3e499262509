/** What is measured: each benchmark stated once, for all who compute it and all who time it. */
package io.sardonyx.bench.define;

/** Whether one build is faster than another: from two records, or by two child JVMs that take turns. */
package io.sardonyx.bench.compare;

/** What a benchmark found, as it is kept in a file: where it comes from, the roofs of the machine, and every measurement. */
package io.sardonyx.bench.record;

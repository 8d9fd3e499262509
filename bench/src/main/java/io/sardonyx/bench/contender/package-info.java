/** Who is measured: ourselves and others, each behind the same interface. */
package io.sardonyx.bench.contender;

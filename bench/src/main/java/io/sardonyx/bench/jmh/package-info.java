/**
 * JMH classes for what a Java program calls: absolute times of calls from Java, in JVMs of their own. {@code java -jar
 * bench/target/benchmarks.jar -l} lists them; {@code bench/jmh} builds that jar.
 */
package io.sardonyx.bench.jmh;

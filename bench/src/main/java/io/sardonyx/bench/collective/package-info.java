/** All-reduces timed through {@link io.sardonyx.collective.Group}, and verified before and after. */
package io.sardonyx.bench.collective;

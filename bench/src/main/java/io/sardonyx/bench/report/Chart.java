package io.sardonyx.bench.report;

/** A plot: what the page's script is given, as JSON. */
sealed interface Chart permits Roofline, SpeedUps, Sweep {
    /** What the script draws. */
    String kind();

    String title();

    /** How to read it, in a sentence. */
    String caption();
}

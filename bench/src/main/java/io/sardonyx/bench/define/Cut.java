package io.sardonyx.bench.define;

import java.util.Map;

/**
 * An axis of the output whose places do not depend on each other: what lies at some of them follows from parts of the inputs. So a
 * large result is verified in part, by the reference on these parts.
 *
 * @param outputAxis of output 0
 * @param inputAxes for each input of which a part is enough, the axis along which
 */
public record Cut(int outputAxis, Map<Integer, Integer> inputAxes) {
    /** Copies the map. */
    public Cut {
        inputAxes = Map.copyOf(inputAxes);
    }
}

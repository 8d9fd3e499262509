package io.sardonyx.onnx;

import io.sardonyx.tensor.Tensor;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What one run is asked besides its inputs. Immutable; each method gives a copy.
 *
 * @param timeout after which the run is stopped, with {@link io.sardonyx.device.RunStoppedException}
 * @param into tensors of the caller's that take an output, by its name; type and shape must be the output's
 */
public record RunOptions(Optional<Duration> timeout, Map<String, Tensor> into, Optional<Cancellation> cancellation) {
    public static final RunOptions DEFAULT = new RunOptions(Optional.empty(), Map.of(), Optional.empty());

    public RunOptions {
        into = Map.copyOf(into);
    }

    /** Stops the run after {@code timeout}. */
    public static RunOptions timeout(Duration timeout) {
        return new RunOptions(Optional.of(timeout), Map.of(), Optional.empty());
    }

    /** Writes output {@code name} into {@code tensor}, which stays the caller's. */
    public RunOptions into(String name, Tensor tensor) {
        Map<String, Tensor> more = new HashMap<>(into);
        more.put(name, tensor);
        return new RunOptions(timeout, more, cancellation);
    }

    public RunOptions cancellation(Cancellation other) {
        return new RunOptions(timeout, into, Optional.of(other));
    }
}

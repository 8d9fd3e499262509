package io.sardonyx.bench.contender;

import io.sardonyx.bench.define.Problem;
import io.sardonyx.tensor.HostTensor;
import java.util.List;
import java.util.Optional;

/** Stands for a contender that cannot be run here at all. */
record MissingLibrary(String reason) implements Library {
    @Override
    public Optional<String> absence() {
        return Optional.of(reason);
    }

    @Override
    public String version() {
        throw new IllegalStateException(reason);
    }

    @Override
    public Call open(Problem problem, List<HostTensor> inputs, Setting setting) {
        throw new UnsupportedProblemException(reason);
    }
}

package io.sardonyx.bench.define;

import io.sardonyx.onnx.graph.DeclaredType;
import io.sardonyx.onnx.graph.Dim;
import io.sardonyx.onnx.graph.ValueInfo;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Makes up inputs from a seed: floats from a normal distribution, integers 0 and 1, unknown sizes 1 unless they are given. */
public final class MadeInputs {
    private final Map<String, Long> dims;
    private final long seed;

    public MadeInputs(Map<String, Long> dims, long seed) {
        this.dims = dims;
        this.seed = seed;
    }

    /** @throws IllegalArgumentException if it is no tensor of a known number of axes */
    public HostTensor make(ValueInfo input) {
        if (!(input.type() instanceof DeclaredType.OfTensor type) || type.dims().isEmpty()) {
            throw new IllegalArgumentException("input '" + input.name() + "' is " + input.type()
                    + " and cannot be made up; give it with --input " + input.name() + "=FILE");
        }
        List<Dim> declared = type.dims().get();
        long[] sizes = new long[declared.size()];
        for (int i = 0; i < sizes.length; i++) {
            Dim dim = declared.get(i);
            sizes[i] = dim instanceof Dim.Symbol symbol
                    ? dims.getOrDefault(symbol.name(), 1L)
                    : dim instanceof Dim.Known known ? known.size() : 1;
        }
        Random random = new Random(seed ^ input.name().hashCode());
        HostTensor tensor = HostTensor.allocate(new TensorType(type.dtype(), Shape.of(sizes)));
        for (int i = 0; i < tensor.size(); i++) {
            switch (type.dtype().kind()) {
                case FLOAT, COMPLEX -> tensor.set(i, random.nextGaussian());
                case STRING -> tensor.setString(i, "text " + i);
                default -> tensor.set(i, (long) random.nextInt(2));
            }
        }
        return tensor;
    }
}

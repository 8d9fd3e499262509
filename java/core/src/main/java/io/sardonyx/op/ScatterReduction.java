package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What ScatterElements and ScatterND do where an update meets what is there. Updates are applied in order. */
public enum ScatterReduction {
    NONE,
    ADD,
    MUL,
    MAX,
    MIN;

    static ScatterReduction read(Attributes attributes) {
        String name = attributes.getString("reduction", "none").toUpperCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(r -> r.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown reduction " + name));
    }

    /** Whether there is such a reduction of this type: none of strings, no maximum of complex numbers. */
    boolean allows(DType dtype) {
        return switch (dtype.kind()) {
            case STRING -> this == NONE;
            case COMPLEX -> this == NONE || this == ADD || this == MUL;
            default -> true;
        };
    }

    /** The launch of {@code kernel}, which takes data, indices, updates and the output; empty where there is none. */
    Optional<Launch> launch(String kernel, InputTypes in, List<TensorType> out) {
        Optional<Launch> launch = DataMovement.byWidth(kernel, in, out);
        if (this != NONE) {
            DType dtype = in.dtype(0);
            String key = kernel + "." + dtype.key() + "." + name().toLowerCase(Locale.ROOT);
            boolean known =
                    dtype == DType.FLOAT32 || dtype == DType.FLOAT16 || dtype == DType.BFLOAT16 || dtype == DType.INT64;
            launch = launch.filter(l -> known).map(l -> Launch.ofKey(key));
        }
        return launch.map(l -> l.input(0).input(1).input(2).output(0).inPlace(0));
    }

    /** Element {@code at} of {@code y} meets element {@code from} of {@code updates}. */
    void apply(HostTensor y, int at, HostTensor updates, int from) {
        if (this == NONE) {
            y.copy(at, updates, from);
            return;
        }
        switch (y.dtype().kind()) {
            case FLOAT -> y.set(at, of(y.getDouble(at), updates.getDouble(from)));
            case COMPLEX -> applyComplex(y, at, updates, from);
            default -> y.set(at, of(y.getLong(at), updates.getLong(from), y.dtype() == DType.UINT64));
        }
    }

    private double of(double a, double b) {
        return switch (this) {
            case ADD -> a + b;
            case MUL -> a * b;
            case MAX -> Math.max(a, b);
            default -> Math.min(a, b);
        };
    }

    private long of(long a, long b, boolean unsigned) {
        boolean less = unsigned ? Long.compareUnsigned(a, b) < 0 : a < b;
        return switch (this) {
            case ADD -> a + b;
            case MUL -> a * b;
            case MAX -> less ? b : a;
            default -> less ? a : b;
        };
    }

    private void applyComplex(HostTensor y, int at, HostTensor updates, int from) {
        double a = y.getDouble(at);
        double ai = y.getImaginary(at);
        double b = updates.getDouble(from);
        double bi = updates.getImaginary(from);
        if (this == ADD) {
            y.setComplex(at, a + b, ai + bi);
        } else {
            y.setComplex(at, a * b - ai * bi, a * bi + ai * b);
        }
    }
}

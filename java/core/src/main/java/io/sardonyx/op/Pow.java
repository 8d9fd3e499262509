package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * {@code c = a^b} in a's type; b may have another type. Integers to integer powers wrap, and to negative ones are truncated, 0
 * included; integers to float powers are computed in double and truncated. ONNX Pow, opsets 1 to 15.
 */
public record Pow(Alignment alignment) implements Binary {
    public Pow() {
        this(Alignment.NUMPY);
    }

    static Pow read(Attributes attributes) {
        return new Pow(Alignment.read(attributes));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        domain().require(name(), in.get(0));
        domain().require(name(), in.get(1));
        return List.of(in.get(0).with(alignment.result(name(), in.shape(0), in.shape(1))));
    }

    @Override
    public void apply(HostTensor a, int i, HostTensor b, int j, HostTensor c, int k) {
        if (a.dtype().isFloat() || b.dtype().isFloat()) {
            c.set(k, power(a.getDouble(i), b.getDouble(j)));
        } else {
            boolean negative = b.getLong(j) < 0 && b.dtype() != DType.UINT64;
            c.set(k, power(a.getLong(i), b.getLong(j), negative));
        }
    }

    /** C's pow: unlike Java's, one to any power is one, and minus one to an infinite power too. */
    private static double power(double base, double exponent) {
        return base == 1 || base == -1 && Double.isInfinite(exponent) ? 1 : Math.pow(base, exponent);
    }

    private static long power(long base, long exponent, boolean negative) {
        if (negative) {
            return base == 1 ? 1 : base == -1 ? 1 - 2 * (exponent & 1) : 0;
        }
        long result = 1;
        for (long square = base; exponent != 0; exponent >>>= 1, square *= square) {
            result *= (exponent & 1) == 0 ? 1 : square;
        }
        return result;
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        String mixed = in.dtype(0) == in.dtype(1) ? "" : "." + in.dtype(1).key();
        return launch("pow." + in.dtype(0).key() + mixed, in, out);
    }

    @Override
    public Domain domain() {
        return Domain.NUMBERS;
    }

    @Override
    public String kernel() {
        return "pow";
    }
}

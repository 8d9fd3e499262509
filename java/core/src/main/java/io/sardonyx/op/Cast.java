package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.MiniFloat;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * {@code y = x} in another element type. ONNX Cast, opsets 1 to 25.
 *
 * <p>To a float: rounded to nearest, ties to even; what is too large becomes infinite, or in the float8 types the largest number
 * if {@code saturate} and otherwise what {@link MiniFloat} says. To an integer: truncated towards zero, then wrapped to its
 * width; ONNX leaves open what becomes of floats out of range, here they are taken to 64 bits first, and NaN is 0. To bool:
 * whether it is not zero. Strings hold decimal numbers, {@code NaN}, {@code INF} and {@code -INF}.
 */
public record Cast(DType to, boolean saturate, Rounding rounding) implements TensorOperator {
    /** To which power of two numbers are rounded in float8e8m0: away from zero, towards it, or to the nearest, ties upwards. */
    public enum Rounding {
        UP,
        DOWN,
        NEAREST
    }

    /** To {@code to}, saturating. */
    public Cast(DType to) {
        this(to, true, Rounding.UP);
    }

    static Cast read(Attributes attributes) {
        // In opset 1 the type is spelled out.
        DType to = attributes.opset() < 6 && attributes.has("to")
                ? spelled(attributes)
                : DType.ofCode(Math.toIntExact(attributes.getInt("to")));
        return new Cast(to, attributes.getFlag("saturate", true), rounding(attributes));
    }

    private static DType spelled(Attributes attributes) {
        if (!(attributes.all().get("to") instanceof String name)) {
            return DType.ofCode(Math.toIntExact(attributes.getInt("to")));
        }
        return switch (name.toUpperCase(Locale.ROOT)) {
            case "FLOAT" -> DType.FLOAT32;
            case "DOUBLE" -> DType.FLOAT64;
            default -> DType.ofName(name);
        };
    }

    static Rounding rounding(Attributes attributes) {
        String mode = attributes.getString("round_mode", "up");
        return switch (mode) {
            case "up" -> Rounding.UP;
            case "down" -> Rounding.DOWN;
            case "nearest" -> Rounding.NEAREST;
            default ->
                throw new IllegalArgumentException(
                        "Cast: attribute round_mode: expected up, down or nearest, given " + mode);
        };
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        if (in.dtype(0).kind() == DType.Kind.COMPLEX || to.kind() == DType.Kind.COMPLEX) {
            throw new IllegalArgumentException("Cast: from " + in.get(0) + " to " + to + " is not defined");
        }
        return List.of(in.get(0).with(to));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor x = in.get(0);
        HostTensor y = out.get(0);
        if (x.dtype() == to) {
            y.copyAll(x);
            return;
        }
        for (int i = 0; i < x.size(); i++) {
            if (x.dtype() == DType.STRING) {
                parse(x.getString(i), y, i);
            } else if (to == DType.STRING) {
                y.setString(i, DecimalText.of(x, i));
            } else if (to.isFloat()) {
                setFloat(y, i, x, i);
            } else if (x.dtype().isFloat()) {
                y.set(i, x.getDouble(i));
            } else {
                y.set(i, x.getLong(i));
            }
        }
    }

    private void parse(String text, HostTensor y, int i) {
        if (to.isInteger() && DecimalText.isInteger(text)) {
            y.set(i, DecimalText.parseLong(text, to));
        } else if (to.isFloat()) {
            setFloat(y, i, DecimalText.parseDouble(text));
        } else {
            y.set(i, DecimalText.parseDouble(text));
        }
    }

    private void setFloat(HostTensor y, int i, HostTensor x, int from) {
        if (to == DType.FLOAT32 && x.dtype() == DType.INT64) {
            // In one rounding, not by way of double.
            y.set(i, (double) (float) x.getLong(from));
        } else {
            setFloat(y, i, x.getDouble(from));
        }
    }

    private void setFloat(HostTensor y, int i, double value) {
        switch (to) {
            case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ ->
                y.data().put(i, (byte) MiniFloat.encode(to, value, saturate));
            case FLOAT8E8M0 -> y.set(i, powerOfTwo(value));
            default -> y.set(i, value);
        }
    }

    /** {@code value} rounded to a power of two, or NaN where it does not fit and must not be saturated. */
    private double powerOfTwo(double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            return saturate ? value : Double.NaN;
        }
        int exponent = Math.getExponent(value);
        double fraction = Math.scalb(value, -exponent);
        boolean up = rounding == Rounding.UP ? fraction > 1 : rounding == Rounding.NEAREST && fraction >= 1.5;
        int rounded = up ? exponent + 1 : exponent;
        return saturate || rounded >= -127 && rounded <= 127 ? Math.scalb(1.0, rounded) : Double.NaN;
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        DType from = in.dtype(0);
        if (from == to) {
            return new Identity().launch(in, out);
        }
        if (in.shape(0).rank() > 8 || from == DType.STRING || to == DType.STRING) {
            return Optional.empty();
        }
        Launch launch = Launch.of("cast." + from.key(), to).input(0).output(0);
        return Optional.of(from.bits() == to.bits() ? launch.inPlace(0) : launch);
    }
}

package io.sardonyx.tensor;

import java.util.Locale;

/** How tensors print: a line with type and device, then the elements as NumPy shows them, long axes cut in the middle. */
final class TensorText {
    private static final int LARGEST = 1000;
    private static final int EDGE = 3;

    private final HostTensor tensor;
    private final boolean cut;
    private final boolean scientific;
    private final int width;

    private TensorText(HostTensor tensor) {
        this.tensor = tensor;
        this.cut = tensor.size() > LARGEST;
        double largest = 0;
        double smallest = Double.POSITIVE_INFINITY;
        for (int i = 0; i < tensor.size() && tensor.dtype().isFloat(); i++) {
            double magnitude = Math.abs(tensor.getDouble(i));
            if (magnitude > 0 && magnitude < Double.POSITIVE_INFINITY) {
                largest = Math.max(largest, magnitude);
                smallest = Math.min(smallest, magnitude);
            }
        }
        this.scientific = largest >= 1e6 || smallest < 1e-4 && largest > 0;
        int widest = 0;
        for (int i = 0; i < tensor.size(); i++) {
            widest = Math.max(widest, element(i).length());
        }
        this.width = widest;
    }

    static String of(HostTensor tensor, String device) {
        StringBuilder text = new StringBuilder("Tensor " + tensor.type() + " " + device + "\n");
        new TensorText(tensor).append(text, 0, 0);
        return text.toString();
    }

    private void append(StringBuilder text, int axis, int start) {
        if (axis == tensor.shape().rank()) {
            text.append(" ".repeat(width - element(start).length())).append(element(start));
            return;
        }
        int size = (int) tensor.shape().size(axis);
        int step = (int) tensor.shape().elements(axis + 1, tensor.shape().rank());
        boolean last = axis == tensor.shape().rank() - 1;
        String between = last ? ", " : ",\n" + " ".repeat(axis + 1);
        text.append('[');
        for (int i = 0; i < size; i++) {
            if (i > 0) {
                text.append(between);
            }
            if (cut && i == EDGE && size > 2 * EDGE) {
                text.append("...");
                i = size - EDGE - 1;
            } else {
                append(text, axis + 1, start + i * step);
            }
        }
        text.append(']');
    }

    private String element(int i) {
        return switch (tensor.dtype().kind()) {
            case STRING -> '"' + tensor.getString(i) + '"';
            case BOOL -> Boolean.toString(tensor.getBoolean(i));
            case FLOAT -> number(tensor.getDouble(i));
            case COMPLEX -> number(tensor.getDouble(i)) + "+" + number(tensor.getImaginary(i)) + "i";
            case UNSIGNED -> Long.toUnsignedString(tensor.getLong(i));
            case SIGNED -> Long.toString(tensor.getLong(i));
        };
    }

    private String number(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return Double.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        }
        return String.format(Locale.ROOT, scientific ? "%.4e" : "%.4f", value);
    }
}

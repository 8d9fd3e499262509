package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;

/** The bits of a shifted by b places; zeros move in, also for b beyond the width. ONNX BitShift, opset 11. */
public record BitShift(boolean left) implements Binary {
    static BitShift read(Attributes attributes) {
        String direction = attributes.getString("direction");
        if (!direction.equals("LEFT") && !direction.equals("RIGHT")) {
            throw new IllegalArgumentException(
                    "BitShift: attribute direction: expected LEFT or RIGHT, given " + direction);
        }
        return new BitShift(direction.equals("LEFT"));
    }

    @Override
    public void apply(HostTensor a, int i, HostTensor b, int j, HostTensor c, int k) {
        DType type = a.dtype();
        long bits = a.getLong(i);
        long places = b.getLong(j);
        if (places < 0 || places >= type.bits()) {
            c.set(k, 0L);
        } else {
            c.set(k, left ? bits << places : bits >>> places);
        }
    }

    @Override
    public Domain domain() {
        return Domain.UNSIGNED;
    }

    @Override
    public String kernel() {
        return left ? "shift_left" : "shift_right";
    }
}

package io.sardonyx.op;

import io.sardonyx.tensor.DType;

/** Hann's window, see {@link CosineWindow}; ONNX HannWindow, opset 17. */
public record HannWindow(DType type, boolean periodic) implements CosineWindow {
    static HannWindow read(Attributes attributes) {
        return CosineWindow.read(attributes, HannWindow::new);
    }

    @Override
    public double[] coefficients() {
        return new double[] {0.5, -0.5, 0};
    }
}

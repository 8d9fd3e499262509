package io.sardonyx.op;

import io.sardonyx.tensor.DType;

/** Hamming's window, see {@link CosineWindow}; ONNX HammingWindow, opset 17. */
public record HammingWindow(DType type, boolean periodic) implements CosineWindow {
    static HammingWindow read(Attributes attributes) {
        return CosineWindow.read(attributes, HammingWindow::new);
    }

    @Override
    public double[] coefficients() {
        return new double[] {25.0 / 46, -21.0 / 46, 0};
    }
}

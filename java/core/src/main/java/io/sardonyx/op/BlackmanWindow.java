package io.sardonyx.op;

import io.sardonyx.tensor.DType;

/** Blackman's window, see {@link CosineWindow}; ONNX BlackmanWindow, opset 17. */
public record BlackmanWindow(DType type, boolean periodic) implements CosineWindow {
    static BlackmanWindow read(Attributes attributes) {
        return CosineWindow.read(attributes, BlackmanWindow::new);
    }

    @Override
    public double[] coefficients() {
        return new double[] {0.42, -0.5, 0.08};
    }
}

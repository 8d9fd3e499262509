package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/** {@code c = b · a / (1 + exp(-alpha · a))} for a gate a and a value b of the same shape. ONNX SwiGLU, opset 28. */
public record SwiGLU(float alpha) implements Binary {
    static SwiGLU read(Attributes attributes) {
        return new SwiGLU(attributes.getFloat("alpha", 1f));
    }

    @Override
    public void apply(HostTensor a, int i, HostTensor b, int j, HostTensor c, int k) {
        double gate = a.getDouble(i);
        c.set(k, gate / (1 + Math.exp(-alpha * gate)) * b.getDouble(j));
    }

    @Override
    public Alignment alignment() {
        return Alignment.EQUAL;
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        return Binary.super.launch(in, out).map(launch -> launch.param((double) alpha));
    }

    @Override
    public String kernel() {
        return "swiglu";
    }

    @Override
    public Domain domain() {
        return Domain.FLOATS;
    }
}

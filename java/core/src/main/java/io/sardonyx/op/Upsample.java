package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * {@link Resize} by scales of 1 or more, with input coordinate {@code x / scale}.
 *
 * <p>ONNX Upsample, opsets 1 (attributes height_scale and width_scale), 7 (attribute scales), 9 (input scales); gone from
 * opset 10 on, where models still use it.
 */
public record Upsample(Resize resize) implements TensorOperator {
    static Upsample read(Attributes attributes) {
        String mode = attributes.getString("mode", "nearest");
        Resize.Mode interpolation =
                switch (mode.toLowerCase(java.util.Locale.ROOT)) {
                    case "nearest" -> Resize.Mode.NEAREST;
                    case "linear", "bilinear" -> Resize.Mode.LINEAR;
                    default ->
                        throw new IllegalArgumentException("Upsample: mode: expected nearest or linear, given " + mode);
                };
        if (attributes.has("height_scale")) {
            return new Upsample(Resize.simple(
                    interpolation, 1, 1f, 1f, attributes.getFloat("height_scale"), attributes.getFloat("width_scale")));
        }
        Float[] scales = new Float[attributes.getFloats("scales").length];
        for (int i = 0; i < scales.length; i++) {
            scales[i] = attributes.getFloats("scales")[i];
        }
        return new Upsample(Resize.simple(interpolation, 1, scales));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        return resize.infer(in);
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        resize.reference(in, out);
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        return resize.launch(in, out);
    }
}

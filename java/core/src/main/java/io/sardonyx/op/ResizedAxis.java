package io.sardonyx.op;

/**
 * One axis of a {@link Resize}: its sizes, its scale, and the region of interest in units of the input's size.
 */
record ResizedAxis(long input, long output, float scale, float start, float end) {
    /** Whether every coordinate stays as it is. */
    boolean unchanged() {
        return input == output && scale == 1 && start == 0 && end == 1;
    }

    /** The taps of every output coordinate; {@code null} for one that gets the extrapolation value. */
    Taps[] taps(Resize resize) {
        Taps[] taps = new Taps[Math.toIntExact(output)];
        for (int i = 0; i < taps.length; i++) {
            float at = unchanged() ? i : coordinate(resize.coordinates(), i);
            boolean outside = resize.crops() && !(at >= 0 && at <= input - 1);
            boolean one = resize.mode() == Resize.Mode.NEAREST;
            taps[i] = outside ? null : one ? Taps.one(nearest(resize.nearest(), at)) : weighted(resize, at);
        }
        return taps;
    }

    /** The input coordinate of output coordinate {@code i}; float32, as ONNX Runtime has it, decides what is nearest. */
    private float coordinate(Resize.Coordinates coordinates, int i) {
        return switch (coordinates) {
            case ASYMMETRIC -> i / scale;
            case HALF_PIXEL -> (i + 0.5f) / scale - 0.5f;
            case PYTORCH_HALF_PIXEL -> output > 1 ? (i + 0.5f) / scale - 0.5f : 0;
            case TF_HALF_PIXEL_FOR_NN -> (i + 0.5f) / scale;
            case HALF_PIXEL_SYMMETRIC -> {
                float adjustment = output / (scale * input);
                yield input / 2f * (1 - adjustment) + (i + 0.5f) / scale - 0.5f;
            }
            // The exact size, which may have a fraction, as ONNX's test cases want it.
            case ALIGN_CORNERS -> output == 1 ? 0 : i * (input - 1) / (scale * input - 1);
            case TF_CROP_AND_RESIZE ->
                output > 1
                        ? start * (input - 1) + i * (end - start) * (input - 1) / (output - 1)
                        : 0.5f * (start + end) * (input - 1);
        };
    }

    private int nearest(Resize.Nearest nearest, float at) {
        double element =
                switch (nearest) {
                    case ROUND_PREFER_FLOOR -> Math.ceil(at - 0.5);
                    case ROUND_PREFER_CEIL -> Math.floor(at + 0.5);
                    case FLOOR -> Math.floor(at);
                    case CEIL -> Math.ceil(at);
                    case SIMPLE -> scale < 1 ? Math.ceil(at) : Math.floor(at);
                };
        return (int) Math.max(0, Math.min(input - 1, element));
    }

    private Taps weighted(Resize resize, float at) {
        boolean linear = resize.mode() == Resize.Mode.LINEAR;
        double stretch = resize.antialias() ? Math.min(scale, 1) : 1;
        // The elements less than reach / stretch away; those outside repeat the border.
        int half = (int) -Math.floor(-(linear ? 1 : 2) / stretch);
        int first = (int) Math.ceil(at) - half;
        int[] index = new int[2 * half];
        double[] weight = new double[2 * half];
        double sum = 0;
        for (int t = 0; t < index.length; t++) {
            int element = first + t;
            double distance = (element - (double) at) * stretch;
            boolean excluded = resize.excludeOutside() && (element < 0 || element >= input);
            index[t] = (int) Math.max(0, Math.min(input - 1, element));
            if (!excluded) {
                weight[t] =
                        linear ? Math.max(0, 1 - Math.abs(distance)) : Taps.cubic(distance, resize.cubicCoefficient());
            }
            sum += weight[t];
        }
        for (int t = 0; t < weight.length; t++) {
            weight[t] /= sum;
        }
        return new Taps(index, weight);
    }
}

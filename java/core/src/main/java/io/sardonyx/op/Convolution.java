package io.sardonyx.op;

import io.sardonyx.tensor.Shape;

/**
 * The shapes of one convolution, checked, and the sums of products that all of them, and their gradients, share. X is [batch, group · channels, …],
 * W is [group · filters, channels, …], Y is [batch, group · filters, …].
 *
 * @param channels input channels of one group
 * @param filters output channels of one group
 */
record Convolution(long batch, long group, long channels, long filters, Sliding sliding) {
    /** Receives each output element's sum. */
    interface Sink {
        /** @param filter the output channel, of all groups */
        void accept(int index, int filter, double sum);
    }

    /** @throws IllegalArgumentException if the shapes do not fit */
    static Convolution of(String operator, Window window, long group, Shape x, Shape w) {
        if (x.rank() < 3 || w.rank() != x.rank()) {
            throw new IllegalArgumentException(operator
                    + ": expected X [batch, channels, spatial axes] and W [filters, channels / group, kernel], given "
                    + x
                    + " and " + w);
        }
        long channels = x.size(1);
        long filters = w.size(0);
        if (group < 1 || channels % group != 0 || filters % group != 0) {
            throw new IllegalArgumentException(operator + ": group " + group + " does not divide the " + channels
                    + " channels of X and the " + filters + " filters of W");
        }
        if (w.size(1) != channels / group) {
            throw new IllegalArgumentException(operator + ": channels differ: X " + x + " has " + channels + " in "
                    + group + " groups, W " + w + " takes " + w.size(1) + " per group");
        }
        Sliding sliding = window.over(operator, x.slice(2, x.rank()), w.slice(2, w.rank()));
        return new Convolution(x.size(0), group, channels / group, filters / group, sliding);
    }

    /** Checks an input of one value for each output channel. */
    static void requireBias(String operator, InputTypes in, int input, Shape w) {
        if (in.has(input) && !in.shape(input).equals(Shape.of(w.size(0)))) {
            throw new IllegalArgumentException(
                    operator + ": bias: expected [" + w.size(0) + "] for W " + w + ", given " + in.shape(input));
        }
    }

    Shape output() {
        return Shape.of(batch, group * filters).concat(Shape.of(sliding.output));
    }

    /** Checks the gradient of the output. */
    void requireGradient(String operator, Shape dy) {
        if (!dy.equals(output())) {
            throw new IllegalArgumentException(operator + ": dY: expected " + output() + " for an input of "
                    + Shape.of(batch, group * channels).concat(Shape.of(sliding.input)) + " and a weight of "
                    + Shape.of(group * filters, channels).concat(Shape.of(sliding.kernel)) + ", given " + dy);
        }
    }

    /** An output element and what it meets. */
    private interface Place {
        /**
         * @param filter the output channel, of all groups
         * @param x where the first channel of the filter's group begins in X; the others follow
         * @param w where the filter begins in W
         * @param sources for each tap, the element of a channel that it meets, or a negative number
         */
        void accept(int y, int filter, int x, int w, int[] sources);
    }

    private void eachPlace(Place place) {
        int positions = Math.toIntExact(sliding.positions());
        int inputs = Math.toIntExact(sliding.inputs());
        int[] sources = sliding.newSources();
        for (int p = 0; p < positions; p++) {
            sliding.sources(p, sources);
            for (int n = 0; n < batch; n++) {
                for (int f = 0; f < group * filters; f++) {
                    place.accept(
                            (int) (n * group * filters + f) * positions + p,
                            f,
                            (int) ((n * group + f / filters) * channels) * inputs,
                            (int) (f * channels) * sources.length,
                            sources);
                }
            }
        }
    }

    /** {@code Σ x · w} over channels and taps for each output element; padding counts as zero. */
    void sums(double[] x, double[] w, Sink sink) {
        int inputs = Math.toIntExact(sliding.inputs());
        eachPlace((y, filter, plane, taps, sources) -> {
            double sum = 0;
            for (int c = 0; c < channels; c++) {
                for (int t = 0; t < sources.length; t++) {
                    if (sources[t] >= 0) {
                        sum += x[plane + c * inputs + sources[t]] * w[taps + c * sources.length + t];
                    }
                }
            }
            sink.accept(y, filter, sum);
        });
    }

    /** The gradient of X: {@code Σ dy · w} over the filters and taps that meet an element of it. */
    double[] inputGradient(double[] dy, double[] w) {
        int inputs = Math.toIntExact(sliding.inputs());
        double[] dx = new double[Math.toIntExact(batch * group * channels * inputs)];
        eachPlace((y, filter, plane, taps, sources) -> {
            for (int c = 0; c < channels; c++) {
                for (int t = 0; t < sources.length; t++) {
                    if (sources[t] >= 0) {
                        dx[plane + c * inputs + sources[t]] += dy[y] * w[taps + c * sources.length + t];
                    }
                }
            }
        });
        return dx;
    }

    /** The gradient of W: {@code Σ dy · x} over images and positions. */
    double[] weightGradient(double[] dy, double[] x) {
        int inputs = Math.toIntExact(sliding.inputs());
        double[] dw = new double[Math.toIntExact(group * filters * channels * sliding.taps())];
        eachPlace((y, filter, plane, taps, sources) -> {
            for (int c = 0; c < channels; c++) {
                for (int t = 0; t < sources.length; t++) {
                    if (sources[t] >= 0) {
                        dw[taps + c * sources.length + t] += dy[y] * x[plane + c * inputs + sources[t]];
                    }
                }
            }
        });
        return dw;
    }
}

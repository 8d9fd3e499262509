package io.sardonyx.cli;

import io.sardonyx.onnx.Outputs;
import io.sardonyx.tensor.Tensor;
import io.sardonyx.tensor.TensorScope;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Objects found by a model of the YOLOX family as its authors export it: BGR from 0 to 255, on grey 114 unless stretched; output [1, cells, 5 +
 * classes]. A cell's row has the box's centre, relative to the cell, the logarithm of its size, both in steps of the cell's
 * stride, then how sure it is of an object, and of each class.
 */
record Yolox(PictureModel model, double leastScore, boolean stretch) {
    private static final int[] STRIDES = {8, 16, 32};
    private static final int GREY = 114;
    private static final int BOX = 5;
    private static final double MOST_OVERLAP = 0.45;

    /** A box in the picture's own pixels. */
    record Found(int kind, float score, float left, float top, float right, float bottom) {}

    /** The best first; {@code names} must have one for each kind. */
    List<Found> find(Picture picture, Labels names) {
        Picture small = stretch
                ? picture.stretched(model.width(), model.height())
                : picture.within(model.width(), model.height(), GREY);
        try (TensorScope scope = TensorScope.open();
                Outputs outputs = model.run(small.pixels().get(":, :, ::-1"))) {
            Tensor rows = requireRows(outputs.get(0)).get("0");
            names.require(rows.shape().size(1) - BOX);
            Tensor scores = rows.get(":, 4:5").mul(rows.get(":, 5:"));
            Tensor boxes = corners(rows).div(scale(picture));
            return best(boxes, scores.max(1), scores.argmax(1));
        }
    }

    /** The model's pixels for one of the picture's, along x, y, x and y. */
    private Tensor scale(Picture picture) {
        float both = (float) picture.scaleWithin(model.width(), model.height());
        float x = stretch ? (float) model.width() / picture.width() : both;
        float y = stretch ? (float) model.height() / picture.height() : both;
        return Tensor.of(new float[] {x, y, x, y}, 4);
    }

    private Tensor requireRows(Tensor output) {
        long cells = IntStream.of(STRIDES)
                .mapToLong(s -> (long) (model.height() / s) * (model.width() / s))
                .sum();
        if (output.shape().rank() != 3
                || output.shape().size(1) != cells
                || output.shape().size(2) <= BOX) {
            throw new IllegalArgumentException("expected the output of YOLOX on " + model.width() + "x" + model.height()
                    + " pixels, [1, " + cells + ", 5 + classes], given " + output.type());
        }
        return output;
    }

    /** Left, top, right and bottom of each row's box, in the model's pixels. */
    private Tensor corners(Tensor rows) {
        Tensor[] cells = new Tensor[STRIDES.length];
        Tensor[] strides = new Tensor[STRIDES.length];
        for (int i = 0; i < STRIDES.length; i++) {
            cells[i] = cells(model.width() / STRIDES[i], model.height() / STRIDES[i]);
            strides[i] = Tensor.full(rows.dtype(), STRIDES[i], cells[i].shape().size(0), 1);
        }
        Tensor stride = Tensor.concat(0, strides);
        Tensor centre = rows.get(":, 0:2").add(Tensor.concat(0, cells)).mul(stride);
        Tensor half = rows.get(":, 2:4").exp().mul(stride).div(2);
        return Tensor.concat(1, centre.sub(half), centre.add(half));
    }

    /** x and y of each cell of a grid, row by row: [width · height, 2]. */
    private static Tensor cells(int width, int height) {
        float[] xy = new float[2 * width * height];
        for (int i = 0; i < width * height; i++) {
            xy[2 * i] = i % width;
            xy[2 * i + 1] = i / width;
        }
        return Tensor.of(xy, (long) width * height, 2);
    }

    /** What is sure enough, of boxes of a kind that overlap only the best. */
    private List<Found> best(Tensor boxes, Tensor scores, Tensor kinds) {
        Tensor sure = scores.greater(leastScore).nonZero().reshape(-1);
        float[] box = boxes.gather(sure, 0).toFloatArray();
        float[] score = scores.gather(sure, 0).toFloatArray();
        long[] kind = kinds.gather(sure, 0).toLongArray();
        int n = score.length;
        float[] overlap = overlaps(boxes.gather(sure, 0)).toFloatArray();
        List<Integer> order = IntStream.range(0, n)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -score[i]))
                .toList();
        List<Integer> kept = new ArrayList<>();
        for (int i : order) {
            if (kept.stream().noneMatch(k -> kind[k] == kind[i] && overlap[k * n + i] > MOST_OVERLAP)) {
                kept.add(i);
            }
        }
        return kept.stream()
                .map(i ->
                        new Found((int) kind[i], score[i], box[4 * i], box[4 * i + 1], box[4 * i + 2], box[4 * i + 3]))
                .toList();
    }

    /** Intersection over union of each box with each: [n, n]. */
    private static Tensor overlaps(Tensor boxes) {
        Tensor a = boxes.unsqueeze(1);
        Tensor b = boxes.unsqueeze(0);
        Tensor from = a.get(":, :, 0:2").maximum(b.get(":, :, 0:2"));
        Tensor to = a.get(":, :, 2:").minimum(b.get(":, :, 2:"));
        Tensor both = to.sub(from).relu().prod(2);
        Tensor areas = boxes.get(":, 2:").sub(boxes.get(":, 0:2")).prod(1);
        return both.div(areas.unsqueeze(1).add(areas).sub(both));
    }
}

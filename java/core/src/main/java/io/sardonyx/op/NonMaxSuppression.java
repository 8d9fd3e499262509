package io.sardonyx.op;

import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * For each batch and class the boxes with the best scores, best first, leaving out every box that overlaps a better one by more
 * than a threshold (intersection over union). Inputs: boxes {@code [B, N, 4]}, scores {@code [B, C, N]}, and the scalars
 * max_output_boxes_per_class? (0: none), iou_threshold? (0), score_threshold? (none). Output: int64
 * {@code [selected, 3]} of batch, class and box.
 *
 * <p>ONNX NonMaxSuppression, opsets 10 and 11. A box is {@code [y1, x1, y2, x2]}, any two opposite corners, or
 * {@code [x, y, width, height]} with the centre first.
 */
public record NonMaxSuppression(boolean centrePoint) implements DynamicOperator {
    static NonMaxSuppression read(Attributes attributes) {
        return new NonMaxSuppression(attributes.getFlag("center_point_box", false));
    }

    private record Box(float top, float left, float bottom, float right) {
        float area() {
            return (bottom - top) * (right - left);
        }

        boolean overlaps(Box other, float threshold) {
            float height = Math.min(bottom, other.bottom) - Math.max(top, other.top);
            float width = Math.min(right, other.right) - Math.max(left, other.left);
            if (!(height > 0 && width > 0)) {
                return false;
            }
            float intersection = height * width;
            return intersection / (area() + other.area() - intersection) > threshold;
        }
    }

    @Override
    public List<HostTensor> evaluate(Values in, Evaluation evaluation) {
        HostTensor boxes = in.tensor(0);
        HostTensor scores = in.tensor(1);
        requireShapes(boxes, scores);
        long most = in.has(2) ? in.tensor(2).getLong(0) : 0;
        float overlap = in.has(3) ? (float) in.tensor(3).getDouble(0) : 0;
        if (!(overlap >= 0 && overlap <= 1)) {
            throw new IllegalArgumentException("NonMaxSuppression: iou_threshold: expected 0 to 1, given " + overlap);
        }
        double least = in.has(4) ? in.tensor(4).getDouble(0) : Double.NEGATIVE_INFINITY;
        int count = (int) boxes.shape().size(1);
        int classes = (int) scores.shape().size(1);
        List<Long> selected = new ArrayList<>();
        for (int row = 0; row < scores.shape().elements(0, 2) && most > 0 && count > 0; row++) {
            evaluation.checkpoint();
            int scoresAt = row * count;
            int boxesAt = row / classes * count;
            List<Integer> candidates = IntStream.range(0, count)
                    .boxed()
                    .filter(i -> least == Double.NEGATIVE_INFINITY || scores.getDouble(scoresAt + i) > least)
                    .sorted(Comparator.comparingDouble(i -> -scores.getDouble(scoresAt + i)))
                    .toList();
            List<Box> kept = new ArrayList<>();
            for (int i : candidates) {
                Box box = box(boxes, boxesAt + i);
                if (kept.size() < most && kept.stream().noneMatch(better -> better.overlaps(box, overlap))) {
                    kept.add(box);
                    selected.addAll(List.of((long) row / classes, (long) row % classes, (long) i));
                }
            }
        }
        long[] indices = selected.stream().mapToLong(Long::longValue).toArray();
        return List.of(HostTensor.of(Shape.of(indices.length / 3, 3), indices));
    }

    private static void requireShapes(HostTensor boxes, HostTensor scores) {
        Shape b = boxes.shape();
        Shape s = scores.shape();
        if (b.rank() != 3 || b.size(2) != 4 || !boxes.dtype().isFloat()) {
            throw new IllegalArgumentException("NonMaxSuppression: boxes: expected floats [B, N, 4], given " + boxes);
        }
        if (s.rank() != 3
                || s.size(0) != b.size(0)
                || s.size(2) != b.size(1)
                || !scores.dtype().isFloat()) {
            throw new IllegalArgumentException("NonMaxSuppression: scores: expected floats [" + b.size(0) + ", C, "
                    + b.size(1) + "], given " + scores);
        }
    }

    private Box box(HostTensor boxes, int at) {
        float a = (float) boxes.getDouble(4 * at);
        float b = (float) boxes.getDouble(4 * at + 1);
        float c = (float) boxes.getDouble(4 * at + 2);
        float d = (float) boxes.getDouble(4 * at + 3);
        return centrePoint
                ? new Box(b - d / 2, a - c / 2, b + d / 2, a + c / 2)
                : new Box(Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d));
    }
}

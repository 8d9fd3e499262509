package io.sardonyx.op;

import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Decision trees: each row of x [rows, features] walks down every tree; the weights of the leaves it reaches are aggregated for
 * each target, y [rows, targets]. ai.onnx.ml TreeEnsemble, version 5 on; accumulates in double.
 */
public record TreeEnsemble(
        List<Long> roots, List<Node> nodes, List<Leaf> leaves, long targets, Aggregate aggregate, Transform transform)
        implements TensorOperator {
    /** The comparison of a node, in ONNX's order. */
    public enum Mode {
        LEQ,
        LT,
        GTE,
        GT,
        EQ,
        NEQ,
        MEMBER
    }

    /** How the leaves' weights become one value, in ONNX's order. */
    public enum Aggregate {
        AVERAGE,
        SUM,
        MIN,
        MAX
    }

    /** What is done to a row of the result, in ONNX's order. */
    public enum Transform {
        NONE,
        SOFTMAX,
        LOGISTIC,
        SOFTMAX_ZERO,
        PROBIT
    }

    /** A branch; {@code yes} and {@code no} are indices of nodes, or of leaves. */
    public record Node(
            Mode mode,
            int feature,
            double split,
            Set<Double> members,
            boolean missingIsYes,
            int yes,
            boolean yesIsLeaf,
            int no,
            boolean noIsLeaf) {
        private boolean test(double x) {
            return switch (mode) {
                        case LEQ -> x <= split;
                        case LT -> x < split;
                        case GTE -> x >= split;
                        case GT -> x > split;
                        case EQ -> x == split;
                        case NEQ -> x != split;
                        case MEMBER -> members.contains(x + 0.0);
                    }
                    || missingIsYes && Double.isNaN(x);
        }
    }

    /** What a leaf adds to a target. */
    public record Leaf(int target, double weight) {}

    static TreeEnsemble read(Attributes attributes) {
        List<Long> roots =
                Arrays.stream(attributes.getInts("tree_roots")).boxed().toList();
        long targets = attributes.getInt("n_targets", 1);
        List<Leaf> leaves = new ArrayList<>();
        HostTensor weights = attributes.getTensor("leaf_weights");
        long[] leafTargets = attributes.getInts("leaf_targetids");
        for (int i = 0; i < leafTargets.length; i++) {
            leaves.add(new Leaf((int) require("leaf_targetids", leafTargets[i], targets), weights.getDouble(i)));
        }
        List<Node> nodes = nodes(attributes, leaves.size());
        for (long root : roots) {
            require("tree_roots", root, nodes.size());
        }
        return new TreeEnsemble(
                roots,
                nodes,
                leaves,
                targets,
                Aggregate.values()[(int) require("aggregate_function", attributes.getInt("aggregate_function", 1), 4)],
                Transform.values()[(int) require("post_transform", attributes.getInt("post_transform", 0), 5)]);
    }

    private static List<Node> nodes(Attributes attributes, int leaves) {
        HostTensor modes = attributes.getTensor("nodes_modes");
        HostTensor splits = attributes.getTensor("nodes_splits");
        long[] features = attributes.getInts("nodes_featureids");
        long[] yes = attributes.getInts("nodes_truenodeids");
        long[] no = attributes.getInts("nodes_falsenodeids");
        long[] yesIsLeaf = attributes.getInts("nodes_trueleafs");
        long[] noIsLeaf = attributes.getInts("nodes_falseleafs");
        long[] missing = attributes.getInts("nodes_missing_value_tracks_true");
        List<Node> nodes = new ArrayList<>();
        int member = 0;
        double[] members = attributes.has("membership_values")
                ? attributes.getTensor("membership_values").toDoubles()
                : new double[0];
        for (int i = 0; i < features.length; i++) {
            Mode mode = Mode.values()[(int) require("nodes_modes", modes.getLong(i), Mode.values().length)];
            Set<Double> set = new HashSet<>();
            if (mode == Mode.MEMBER) {
                // The sets of all such nodes lie one behind the other, NaN between them.
                while (member < members.length && !Double.isNaN(members[member])) {
                    set.add(members[member++] + 0.0);
                }
                member++;
            }
            nodes.add(new Node(
                    mode,
                    (int) require("nodes_featureids", features[i], Integer.MAX_VALUE),
                    splits.getDouble(i),
                    Set.copyOf(set),
                    i < missing.length && missing[i] != 0,
                    (int) require("nodes_truenodeids", yes[i], yesIsLeaf[i] != 0 ? leaves : features.length),
                    yesIsLeaf[i] != 0,
                    (int) require("nodes_falsenodeids", no[i], noIsLeaf[i] != 0 ? leaves : features.length),
                    noIsLeaf[i] != 0));
        }
        return nodes;
    }

    private static long require(String what, long value, long end) {
        if (value < 0 || value >= end) {
            throw new IllegalArgumentException("TreeEnsemble: " + what + ": " + value + " is outside [0, " + end + ")");
        }
        return value;
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        int most = nodes.stream().mapToInt(Node::feature).max().orElse(-1);
        if (!in.dtype(0).isFloat() || in.shape(0).rank() != 2 || in.shape(0).size(1) <= most) {
            throw new IllegalArgumentException(
                    "TreeEnsemble: expected float [rows, more than " + most + "], given " + in.get(0));
        }
        return List.of(in.get(0).with(Shape.of(in.shape(0).size(0), targets)));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor x = in.get(0);
        int features = (int) x.shape().size(1);
        int width = (int) targets;
        for (int row = 0; row < x.shape().size(0); row++) {
            double[] y = new double[width];
            boolean[] reached = new boolean[width];
            for (long root : roots) {
                Leaf leaf = walk((int) root, x, row * features);
                double before = y[leaf.target];
                y[leaf.target] = switch (aggregate) {
                    case SUM, AVERAGE -> before + leaf.weight;
                    case MIN -> reached[leaf.target] ? Math.min(before, leaf.weight) : leaf.weight;
                    case MAX -> reached[leaf.target] ? Math.max(before, leaf.weight) : leaf.weight;
                };
                reached[leaf.target] = true;
            }
            for (int t = 0; aggregate == Aggregate.AVERAGE && t < width; t++) {
                y[t] /= roots.size();
            }
            transform(y);
            for (int t = 0; t < width; t++) {
                out.get(0).set(row * width + t, y[t]);
            }
        }
    }

    private Leaf walk(int root, HostTensor x, int at) {
        Node node = nodes.get(root);
        for (int steps = 0; steps <= nodes.size(); steps++) {
            boolean yes = node.test(x.getDouble(at + node.feature));
            if (yes ? node.yesIsLeaf : node.noIsLeaf) {
                return leaves.get(yes ? node.yes : node.no);
            }
            node = nodes.get(yes ? node.yes : node.no);
        }
        throw new IllegalArgumentException("TreeEnsemble: the tree at node " + root + " has a cycle");
    }

    private void transform(double[] y) {
        switch (transform) {
            case NONE -> {}
            case LOGISTIC -> Arrays.setAll(y, t -> 1 / (1 + Math.exp(-y[t])));
            case PROBIT -> Arrays.setAll(y, t -> probit(y[t]));
            case SOFTMAX -> AttentionCore.softmax(y.clone(), y);
            case SOFTMAX_ZERO -> {
                // A score of 0 stays 0.
                if (Arrays.stream(y).anyMatch(v -> v != 0)) {
                    AttentionCore.softmax(
                            Arrays.stream(y)
                                    .map(v -> v == 0 ? Double.NEGATIVE_INFINITY : v)
                                    .toArray(),
                            y);
                }
            }
        }
    }

    /** The inverse of the normal distribution, by Winitzki's approximation, as ONNX Runtime computes it. */
    private static double probit(double p) {
        double x = 2 * p - 1;
        double log = Math.log((1 - x) * (1 + x));
        double v = 2 / (Math.PI * 0.147) + 0.5 * log;
        return Math.sqrt(2) * Math.copySign(Math.sqrt(-v + Math.sqrt(v * v - log / 0.147)), x);
    }
}

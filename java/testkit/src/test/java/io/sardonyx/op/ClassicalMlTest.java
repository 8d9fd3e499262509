package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.OperatorTest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** LabelEncoder, Binarizer and TreeEnsemble. */
class ClassicalMlTest extends OperatorTest {
    @Override
    protected Stream<Case> cases() {
        return Stream.of(labels(), trees()).flatMap(c -> c);
    }

    private static Stream<Case> labels() {
        HostTensor abc = HostTensor.of(Shape.of(3), "a", "b", "c");
        return Stream.of(
                encoder("index of a string", 1, Map.of("classes_strings", List.of("c", "a")))
                        .input(abc)
                        .expect(HostTensor.of(Shape.of(3), 1L, -1L, 0L)),
                encoder("string of an index", 1, Map.of("classes_strings", List.of("c", "a"), "default_string", "?"))
                        .input(HostTensor.of(Shape.of(3), 1L, 2L, 0L))
                        .expect(HostTensor.of(Shape.of(3), "a", "?", "c")),
                encoder("string to float", 2, Map.of("keys_strings", List.of("a"), "values_floats", List.of(1.5f)))
                        .input(abc)
                        .expect(HostTensor.of(Shape.of(3), 1.5f, -0f, -0f)),
                encoder(
                                "NaN is a key",
                                2,
                                Map.of("keys_floats", List.of(Float.NaN, 0f), "values_strings", List.of("nan", "zero")))
                        .input(HostTensor.of(Shape.of(3), Float.NaN, -0f, 1f))
                        .expect(HostTensor.of(Shape.of(3), "nan", "zero", "_Unused")),
                encoder(
                                "tensors",
                                4,
                                Map.of(
                                        "keys_tensor", abc,
                                        "values_tensor", HostTensor.of(DType.INT16, Shape.of(3), 7, 8, 9),
                                        "default_tensor", HostTensor.of(DType.INT16, Shape.of(1), 42)))
                        .input(HostTensor.of(Shape.of(2), "c", "d"))
                        .expect(HostTensor.of(DType.INT16, Shape.of(2), 9, 42)),
                encoder("keys of another type", 2, Map.of("keys_int64s", List.of(1L), "values_int64s", List.of(2L)))
                        .input(abc)
                        .rejects("expected int64, given string"),
                Case.of("binarizer", new Binarizer(1))
                        .input(HostTensor.of(Shape.of(4), 0f, 1f, 2f, Float.NaN))
                        .expect(HostTensor.of(Shape.of(4), 0f, 0f, 1f, 0f)));
    }

    private static Case encoder(String name, int opset, Map<String, Object> attributes) {
        return Case.of("encoder: " + name, LabelEncoder.read(Attributes.of(opset, attributes)));
    }

    /** Tree 0: {@code x0 <= 1 ? 10 : (x1 in {2, 3} ? 20 : 30)}; tree 1: {@code x0 > 0 ? 1 : 2}, to the second target. */
    private static Stream<Case> trees() {
        HostTensor x = HostTensor.of(Shape.of(4, 2), 1f, 0f, 2f, 3f, -1f, 0f, 2f, Float.NaN);
        return Stream.of(
                ensemble("sum", Map.of())
                        .input(x)
                        .expect(HostTensor.of(Shape.of(4, 2), 10f, 1f, 20f, 1f, 10f, 2f, 30f, 1f)),
                ensemble("average", Map.of("aggregate_function", 0L))
                        .input(x)
                        .expect(HostTensor.of(Shape.of(4, 2), 5f, .5f, 10f, .5f, 5f, 1f, 15f, .5f)),
                ensemble(
                                "one target",
                                Map.of(
                                        "leaf_targetids",
                                        List.of(0L, 0L, 0L, 0L, 0L),
                                        "n_targets",
                                        1L,
                                        "aggregate_function",
                                        2L))
                        .input(x)
                        .expect(HostTensor.of(Shape.of(4, 1), 1f, 1f, 2f, 1f)),
                ensemble(
                                "largest",
                                Map.of(
                                        "leaf_targetids",
                                        List.of(0L, 0L, 0L, 0L, 0L),
                                        "n_targets",
                                        1L,
                                        "aggregate_function",
                                        3L))
                        .input(x)
                        .expect(HostTensor.of(Shape.of(4, 1), 10f, 20f, 10f, 30f)),
                ensemble("missing values", Map.of("nodes_missing_value_tracks_true", List.of(0L, 1L, 0L)))
                        .input(HostTensor.of(Shape.of(1, 2), 2f, Float.NaN))
                        .expect(HostTensor.of(Shape.of(1, 2), 20f, 1f)),
                ensemble("logistic", Map.of("post_transform", 2L))
                        .input(HostTensor.of(Shape.of(1, 2), 1f, 0f))
                        .expect(HostTensor.of(
                                Shape.of(1, 2), (float) (1 / (1 + Math.exp(-10))), (float) (1 / (1 + Math.exp(-1))))),
                ensemble(
                                "a cycle",
                                Map.of(
                                        "nodes_falseleafs",
                                        List.of(0L, 0L, 1L),
                                        "nodes_falsenodeids",
                                        List.of(1L, 0L, 4L)))
                        .input(HostTensor.of(Shape.of(1, 2), 2f, 9f))
                        .rejects("the tree at node 0 has a cycle"),
                ensemble("too few features", Map.of())
                        .input(HostTensor.of(Shape.of(1, 1), 2f))
                        .rejects("more than 1"));
    }

    private static Case ensemble(String name, Map<String, Object> changes) {
        Map<String, Object> attributes = new HashMap<>(Map.of(
                "n_targets", 2L,
                "tree_roots", List.of(0L, 2L),
                "leaf_targetids", List.of(0L, 0L, 0L, 1L, 1L),
                "leaf_weights", HostTensor.of(Shape.of(5), 10f, 20f, 30f, 1f, 2f),
                "nodes_featureids", List.of(0L, 1L, 0L),
                "nodes_modes", HostTensor.of(DType.UINT8, Shape.of(3), 0, 6, 3),
                "nodes_splits", HostTensor.of(Shape.of(3), 1f, 0f, 0f),
                "membership_values", HostTensor.of(Shape.of(3), 2f, 3f, Float.NaN)));
        attributes.putAll(Map.of(
                "nodes_truenodeids", List.of(0L, 1L, 3L),
                "nodes_trueleafs", List.of(1L, 1L, 1L),
                "nodes_falsenodeids", List.of(1L, 2L, 4L),
                "nodes_falseleafs", List.of(0L, 1L, 1L)));
        attributes.putAll(changes);
        return Case.of("trees: " + name, TreeEnsemble.read(Attributes.of(5, attributes)));
    }
}

package io.sardonyx.bench.define;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * Points of a benchmark that belong together, for {@code --shapes NAME}.
 *
 * @param benchmarks that have these axes
 */
public record ShapeList(String name, String description, List<String> benchmarks, List<Shape> shapes) {
    /** @param of what it is in, such as {@code MiniLM up} */
    public record Shape(String of, Map<String, Long> axes) {}

    private static final List<String> PRODUCTS = List.of("matmul", "linear");

    /** What a layer multiplies its tokens by: {@code [k, n]}. */
    private record Weights(String of, long k, long n) {}

    /** Each matrix of the models' layers once. */
    private static final List<Weights> TRANSFORMERS = List.of(
            new Weights("TinyBERT attention", 312, 312),
            new Weights("TinyBERT up", 312, 1200),
            new Weights("TinyBERT down", 1200, 312),
            new Weights("MiniLM attention", 384, 384),
            new Weights("MiniLM up", 384, 1536),
            new Weights("MiniLM down", 1536, 384),
            new Weights("BERT-base attention", 768, 768),
            new Weights("BERT-base up", 768, 3072),
            new Weights("BERT-base down", 3072, 768),
            new Weights("GPT-2 QKV", 768, 2304));

    /** One that is generated, a short sentence, a long one, a batch. */
    private static final long[] TOKENS = {1, 16, 128, 512};

    private static final long[] SIDES = {256, 512, 1024, 2048};

    private static final List<ShapeList> ALL = List.of(
            new ShapeList(
                    "transformers", "40 products of BERT-like models, from 1 to 512 tokens", PRODUCTS, transformers()),
            new ShapeList("squares", "products of matrices from 256 x 256 to 2048 x 2048", PRODUCTS, squares()));

    private static List<Shape> squares() {
        return LongStream.of(SIDES)
                .mapToObj(side -> new Shape("square", Map.of("m", side, "n", side, "k", side)))
                .toList();
    }

    private static List<Shape> transformers() {
        List<Shape> shapes = new ArrayList<>();
        for (Weights weights : TRANSFORMERS) {
            for (long tokens : TOKENS) {
                shapes.add(new Shape(weights.of, Map.of("m", tokens, "n", weights.n, "k", weights.k)));
            }
        }
        return List.copyOf(shapes);
    }

    /** What a point is in, if a list has it. */
    public static Optional<String> nameOf(String benchmark, Map<String, String> axes) {
        return ALL.stream()
                .filter(list -> list.benchmarks.contains(benchmark))
                .flatMap(list -> list.shapes.stream())
                .filter(shape -> shape.axes.entrySet().stream()
                        .allMatch(size -> size.getValue().toString().equals(axes.get(size.getKey()))))
                .map(Shape::of)
                .findFirst();
    }

    /**
     * The points.
     *
     * @throws IllegalArgumentException if they are of other benchmarks
     */
    public List<Map<String, Long>> points(Benchmark benchmark) {
        if (!benchmarks.contains(benchmark.name())) {
            throw new IllegalArgumentException("--shapes " + name + ": is of " + String.join(" and ", benchmarks)
                    + ", not of " + benchmark.name());
        }
        return shapes.stream().map(Shape::axes).toList();
    }

    /** All that there are. */
    public static List<ShapeList> all() {
        return ALL;
    }

    /** @throws IllegalArgumentException if there is none of that name */
    public static ShapeList named(String name) {
        return ALL.stream()
                .filter(list -> list.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("--shapes " + name
                        + ": there is no such list; there are "
                        + String.join(", ", ALL.stream().map(ShapeList::name).toList())));
    }
}

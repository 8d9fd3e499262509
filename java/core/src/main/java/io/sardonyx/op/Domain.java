package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.TensorType;
import java.util.function.Predicate;

/** The element types that an elementwise operator is defined on. */
enum Domain {
    FLOATS("a float type", DType::isFloat),
    SIGNED("a signed numeric type", t -> t.isFloat() || t.isInteger() && !t.isUnsigned()),
    NUMBERS("a numeric type", t -> t.isFloat() || t.isInteger()),
    INTEGERS("an integer type", DType::isInteger),
    UNSIGNED("an unsigned integer type", DType::isUnsigned),
    BOOL("bool", t -> t == DType.BOOL),
    ANY("any type", t -> true);

    private final String words;
    private final Predicate<DType> test;

    Domain(String words, Predicate<DType> test) {
        this.words = words;
        this.test = test;
    }

    /** @throws IllegalArgumentException if {@code given} has another element type */
    void require(String operator, TensorType given) {
        if (!test.test(given.dtype())) {
            throw new IllegalArgumentException(operator + ": expected " + words + ", given " + given);
        }
    }
}

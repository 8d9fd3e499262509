package io.sardonyx.tensor;

/** The type of a value that flows along an edge of a graph: a tensor, a sequence or an optional. */
public sealed interface ValueType permits TensorType, ValueType.SequenceType, ValueType.OptionalType {
    /** A list of values of one type. */
    record SequenceType(ValueType element) implements ValueType {
        @Override
        public String toString() {
            return "sequence(" + element + ")";
        }
    }

    /** A value or none. */
    record OptionalType(ValueType element) implements ValueType {
        @Override
        public String toString() {
            return "optional(" + element + ")";
        }
    }
}

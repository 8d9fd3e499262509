package io.sardonyx.onnx.graph;

import io.sardonyx.tensor.DType;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A value's type as far as the model declares it. */
public sealed interface DeclaredType {
    DeclaredType UNKNOWN = new Unknown();

    /** A tensor; {@code dims} is empty where not even the rank is known. */
    record OfTensor(DType dtype, Optional<List<Dim>> dims) implements DeclaredType {
        public OfTensor {
            dims = dims.map(List::copyOf);
        }

        @Override
        public String toString() {
            return dtype
                    + dims.map(d -> d.stream().map(Dim::toString).collect(Collectors.joining(", ", "[", "]")))
                            .orElse("[...]");
        }
    }

    record OfSequence(DeclaredType element) implements DeclaredType {
        @Override
        public String toString() {
            return "sequence(" + element + ")";
        }
    }

    record OfOptional(DeclaredType element) implements DeclaredType {
        @Override
        public String toString() {
            return "optional(" + element + ")";
        }
    }

    record OfMap(DType key, DeclaredType value) implements DeclaredType {
        @Override
        public String toString() {
            return "map(" + key + ", " + value + ")";
        }
    }

    record Unknown() implements DeclaredType {
        @Override
        public String toString() {
            return "?";
        }
    }
}

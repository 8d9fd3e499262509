package io.sardonyx.onnx.graph;

import java.util.OptionalLong;

/** One axis of a declared type: a size, a symbol that stands for the same size everywhere in the model, or nothing known. */
public sealed interface Dim {
    Dim UNKNOWN = new Unknown();

    record Known(long size) implements Dim {
        @Override
        public String toString() {
            return Long.toString(size);
        }
    }

    record Symbol(String name) implements Dim {
        @Override
        public String toString() {
            return name;
        }
    }

    record Unknown() implements Dim {
        @Override
        public String toString() {
            return "?";
        }
    }

    static Dim of(long size) {
        return new Known(size);
    }

    static Dim of(String symbol) {
        return new Symbol(symbol);
    }

    /** The size, where it is known. */
    default OptionalLong known() {
        return this instanceof Known known ? OptionalLong.of(known.size) : OptionalLong.empty();
    }
}

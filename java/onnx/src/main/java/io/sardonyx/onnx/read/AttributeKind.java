package io.sardonyx.onnx.read;

import io.sardonyx.onnx.InvalidGraphException;
import io.sardonyx.onnx.Where;
import io.sardonyx.onnx.proto.AttributeProto;
import java.util.Optional;
import java.util.function.Predicate;

/** What an attribute holds; each kind has its own field. */
enum AttributeKind {
    FLOAT(1, AttributeProto::hasF),
    INT(2, AttributeProto::hasI),
    STRING(3, AttributeProto::hasS),
    TENSOR(4, AttributeProto::hasT),
    GRAPH(5, AttributeProto::hasG),
    FLOATS(6, a -> a.getFloatsCount() > 0),
    INTS(7, a -> a.getIntsCount() > 0),
    STRINGS(8, a -> a.getStringsCount() > 0),
    TENSORS(9, a -> a.getTensorsCount() > 0),
    GRAPHS(10, a -> a.getGraphsCount() > 0),
    SPARSE_TENSOR(11, AttributeProto::hasSparseTensor),
    SPARSE_TENSORS(12, a -> a.getSparseTensorsCount() > 0),
    TYPE(13, AttributeProto::hasTp),
    TYPES(14, a -> a.getTypeProtosCount() > 0);

    private static final AttributeKind[] ALL = values();

    private final int code;
    private final Predicate<AttributeProto> present;

    AttributeKind(int code, Predicate<AttributeProto> present) {
        this.code = code;
        this.present = present;
    }

    boolean presentIn(AttributeProto attribute) {
        return present.test(attribute);
    }

    /** Files written by protobuf 3 leave out a 0, an empty string and an empty list, but no other value. */
    private boolean needsValue() {
        return this == TENSOR || this == GRAPH || this == SPARSE_TENSOR || this == TYPE;
    }

    /** The kind of this number in the file; empty for one that is not known. */
    static Optional<AttributeKind> of(int code) {
        return code > 0 && code <= ALL.length ? Optional.of(ALL[code - 1]) : Optional.empty();
    }

    /**
     * The declared kind, with which the field that is set has to agree; the oldest files declare none. Empty for a kind that is
     * not known.
     */
    static Optional<AttributeKind> of(AttributeProto attribute, Where where) {
        AttributeKind found = null;
        for (AttributeKind kind : ALL) {
            if (kind.presentIn(attribute)) {
                if (found != null) {
                    throw new InvalidGraphException(
                            where, "attribute '" + attribute.getName() + "' is both " + found + " and " + kind);
                }
                found = kind;
            }
        }
        int declared = attribute.getType();
        if (declared == 0 && found == null) {
            throw new InvalidGraphException(
                    where, "attribute '" + attribute.getName() + "' has neither type nor value");
        }
        if (declared != 0 && found != null && declared != found.code) {
            throw new InvalidGraphException(
                    where,
                    "attribute '" + attribute.getName() + "': declared as "
                            + of(declared).map(AttributeKind::toString).orElse("type " + declared) + ", but it is "
                            + found);
        }
        Optional<AttributeKind> kind = declared == 0 ? Optional.of(found) : of(declared);
        if (found == null && kind.isPresent() && kind.get().needsValue()) {
            throw new InvalidGraphException(where, "attribute '" + attribute.getName() + "' has no value");
        }
        return kind;
    }

    /** As in {@code tensor list}. */
    @Override
    public String toString() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ').replaceFirst("s$", " list");
    }
}

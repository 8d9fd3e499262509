package io.sardonyx.onnx.plan;

import io.sardonyx.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;

/**
 * An input of a Concat whose output holds one after the other.
 *
 * @param offset of its bytes in the output
 * @param movable whether its memory may become this part of the output's
 */
record ConcatPart(int value, long offset, long bytes, boolean movable) {
    /** The parts of the output, of which each block of the arena can be but one. */
    static List<ConcatPart> of(int[] inputs, TensorType[] types, Storage[] storage) {
        List<ConcatPart> parts = new ArrayList<>();
        List<Storage> moved = new ArrayList<>();
        long offset = 0;
        for (int value : inputs) {
            long bytes = types[value].byteSize();
            Storage where = storage[value];
            boolean movable = bytes > 0
                    && where != null
                    && where.inArena()
                    && offset % Arena.ALIGNMENT == 0
                    && moved.stream().noneMatch(where::overlaps);
            if (movable) {
                moved.add(where);
            }
            parts.add(new ConcatPart(value, offset, bytes, movable));
            offset += bytes;
        }
        return parts;
    }

    /** Whether so many bytes of the output need no copy that it is worth the while. */
    static boolean sparesMost(List<ConcatPart> parts) {
        long moved = 0;
        long copied = 0;
        for (ConcatPart part : parts) {
            moved += part.movable ? part.bytes : 0;
            copied += part.movable ? 0 : part.bytes;
        }
        return moved > 0 && moved >= copied;
    }
}

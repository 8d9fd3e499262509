package io.sardonyx.onnx.plan;

import io.sardonyx.device.Program.Place;

/**
 * Memory that one or more values of a stage share: a value, its aliases under other shapes, and results written over it in place.
 * A block of the arena, the memory of a graph output, something that was there before, or a part of another storage.
 */
final class Storage {
    private Arena.Block block;
    private Storage whole;
    private int base;
    private long offset;
    private int uses;

    private Storage(Arena.Block block, int base, long offset) {
        this.block = block;
        this.base = base;
        this.offset = offset;
    }

    static Storage inArena(Arena.Block block, int arenaBase) {
        return new Storage(block, arenaBase, 0);
    }

    static Storage at(Place place) {
        return new Storage(null, place.base(), place.offset());
    }

    static Storage partOf(Storage whole, long offset) {
        var part = new Storage(null, whole.base, offset);
        part.whole = whole;
        return part;
    }

    /** Makes a block of the arena a part of another storage, which lives as long as its parts. */
    void moveInto(Storage whole, long offset) {
        whole.block.useFrom(block.first());
        whole.addUses(uses);
        block.discard();
        block = null;
        this.whole = whole;
        this.offset = offset;
    }

    /** Moves a block of the arena into the memory of a graph output. */
    void moveToOutput(int outputBase) {
        block.discard();
        block = null;
        base = outputBase;
        offset = 0;
    }

    boolean inArena() {
        return block != null;
    }

    /** Whether both are parts of one storage, or one of the other. */
    boolean overlaps(Storage other) {
        return root() == other.root();
    }

    private Storage root() {
        return whole == null ? this : whole.root();
    }

    /** Keeps it alive up to {@code step}. */
    void use(int step) {
        if (whole != null) {
            whole.use(step);
        } else if (block != null) {
            block.use(step);
        }
    }

    /** How many uses of its values, and those of its parts, are still to come; changed as values join and nodes are planned. */
    int uses() {
        return uses;
    }

    void addUses(int count) {
        uses += count;
        if (whole != null) {
            whole.addUses(count);
        }
    }

    /** Its place, once the arena is settled. */
    Place place() {
        if (whole != null) {
            Place start = whole.place();
            return new Place(start.base(), start.offset() + offset);
        }
        return new Place(base, block == null ? offset : block.offset());
    }
}

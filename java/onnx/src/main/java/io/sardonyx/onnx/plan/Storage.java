package io.sardonyx.onnx.plan;

import io.sardonyx.device.Program.Place;

/**
 * Memory that one or more values of a stage share: a value, its aliases under other shapes, and results written over it in place.
 * A block of the arena, the memory of a graph output, or something that was there before.
 */
final class Storage {
    private Arena.Block block;
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

    /** Keeps it alive up to {@code step}. */
    void use(int step) {
        if (block != null) {
            block.use(step);
        }
    }

    /** How many uses of its values are still to come; changed as values join and nodes are planned. */
    int uses() {
        return uses;
    }

    void addUses(int count) {
        uses += count;
    }

    /** Its place, once the arena is settled. */
    Place place() {
        return new Place(base, block == null ? offset : block.offset());
    }
}

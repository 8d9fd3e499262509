package io.sardonyx.collective;

/** One rank's part of a step. */
record LocalWork(LocalGroup group, Meeting meeting, int rank) implements Work {
    @Override
    public void await() {
        group.await(meeting, rank);
    }

    @Override
    public boolean isDone() {
        return group.isOver(meeting);
    }
}

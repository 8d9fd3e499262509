package io.sardonyx.collective.nccl;

/** What an end of a group needs of NCCL and CUDA. Statuses are of {@code ncclResult_t}. */
interface Nccl {
    /** What all ranks need to find rank 0, which makes it. */
    byte[] newId();

    /** Begins to connect; whether that has worked is the communicator's {@link Communicator#status}. */
    Communicator open(int gpu, int ranks, int rank, byte[] id);

    /** One rank's connections, and a stream of its own. Addresses are of the GPU; none of the calls waits. */
    interface Communicator {
        /** Of what was begun last: success, in progress, or what went wrong since, on this rank or another. */
        int status();

        /** Whether the stream has done all that was queued. */
        boolean isIdle();

        int allReduce(long data, long count, int type, int operation);

        int reduceScatter(long all, long part, long count, int type, int operation);

        int allGather(long part, long all, long bytes);

        int broadcast(long data, long bytes, int root);

        /** What a status means, and what NCCL last had to say. */
        String describe(int status);

        /** Begins to end the connections in agreement with the others. */
        int finish();

        /** Frees what has finished. */
        void destroy();

        /** Ends what is under way and frees everything, whatever the others do. */
        void abort();
    }
}

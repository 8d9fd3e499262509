package io.sardonyx.collective.nccl;

import static org.bytedeco.cuda.global.nccl.NCCL_UNIQUE_ID_BYTES;
import static org.bytedeco.cuda.global.nccl.ncclInProgress;
import static org.bytedeco.cuda.global.nccl.ncclSuccess;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What NCCL and the stream say is what the test sets; what they were asked is kept. */
final class FakeNccl implements Nccl, Nccl.Communicator {
    /** As in {@code open 3 2 1 7}: GPU, ranks, rank, and the first byte of the id. */
    final List<String> calls = new CopyOnWriteArrayList<>();

    volatile int status = ncclSuccess;
    volatile int begins = ncclInProgress;
    volatile boolean idle = true;

    @Override
    public byte[] newId() {
        byte[] id = new byte[NCCL_UNIQUE_ID_BYTES];
        Arrays.fill(id, (byte) 7);
        return id;
    }

    @Override
    public Communicator open(int gpu, int ranks, int rank, byte[] id) {
        calls.add("open " + gpu + " " + ranks + " " + rank + " " + id[0]);
        return this;
    }

    @Override
    public int status() {
        return status;
    }

    @Override
    public boolean isIdle() {
        return idle;
    }

    private int begin(String call) {
        calls.add(call);
        return begins;
    }

    @Override
    public int allReduce(long data, long count, int type, int operation) {
        return begin("allReduce " + count + " " + type + " " + operation);
    }

    @Override
    public int reduceScatter(long all, long part, long count, int type, int operation) {
        return begin("reduceScatter " + count + " " + type + " " + operation);
    }

    @Override
    public int allGather(long part, long all, long bytes) {
        return begin("allGather " + bytes);
    }

    @Override
    public int broadcast(long data, long bytes, int root) {
        return begin("broadcast " + bytes + " " + root);
    }

    @Override
    public String describe(int code) {
        return "status " + code;
    }

    @Override
    public int finish() {
        return begin("finish");
    }

    @Override
    public void destroy() {
        calls.add("destroy");
    }

    @Override
    public void abort() {
        calls.add("abort");
    }
}

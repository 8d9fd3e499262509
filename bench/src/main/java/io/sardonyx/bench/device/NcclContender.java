package io.sardonyx.bench.device;

import static org.bytedeco.cuda.global.nccl.ncclAllReduce;
import static org.bytedeco.cuda.global.nccl.ncclCommInitRank;
import static org.bytedeco.cuda.global.nccl.ncclFloat32;
import static org.bytedeco.cuda.global.nccl.ncclGetErrorString;
import static org.bytedeco.cuda.global.nccl.ncclGetUniqueId;
import static org.bytedeco.cuda.global.nccl.ncclGetVersion;
import static org.bytedeco.cuda.global.nccl.ncclGroupEnd;
import static org.bytedeco.cuda.global.nccl.ncclGroupStart;
import static org.bytedeco.cuda.global.nccl.ncclSuccess;
import static org.bytedeco.cuda.global.nccl.ncclSum;

import io.sardonyx.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.cuda.nccl.ncclComm;
import org.bytedeco.cuda.nccl.ncclUniqueId;
import org.bytedeco.javacpp.PointerPointer;

/**
 * All-reduces by NCCL between ranks that share one GPU, each with a stream of its own, out of place; queued behind copies that keep rank
 * 0's stream busy, as ours are, and timed by events on it. NCCL allows that from 2.30 on, where a variable asks for it. Not run yet.
 */
final class NcclContender implements ContenderLoop.Library {
    private static final int OLDEST = 23_000;
    private static final double HOLD_MICROSECONDS_A_CALL = 60; // more than queueing a call of all ranks takes

    /** Communicators of so many ranks; they live until this process ends. */
    private final Map<Integer, List<Rank>> groups = new TreeMap<>();

    private final int version;
    private final int ordinal;

    private record Rank(CudaStream stream, ncclComm communicator) {}

    private NcclContender(int ordinal) {
        this.ordinal = ordinal;
        int[] found = new int[1];
        check(ncclGetVersion(found), "ncclGetVersion");
        version = found[0];
        if (version < OLDEST) {
            throw new IllegalStateException("NCCL " + version()
                    + " refuses several ranks on one GPU; 2.30 and newer have" + " NCCL_MULTI_RANK_GPU_ENABLE");
        }
    }

    public static void main(String[] args) throws java.io.IOException {
        new ContenderLoop(args).run(NcclContender::new);
    }

    @Override
    public String version() {
        return version / 10_000 + "." + version / 100 % 100 + "." + version % 100;
    }

    @Override
    public Batch open(String words, Effort effort) {
        Rival.AllReduce shape = Rival.AllReduce.parse(words);
        List<Rank> ranks = groups.computeIfAbsent(shape.ranks(), this::connect);
        CudaStream first = ranks.get(0).stream();
        long bytes = shape.bytes();
        List<Long> in = new ArrayList<>();
        List<Long> out = new ArrayList<>();
        for (Rank rank : ranks) {
            in.add(rank.stream().allocate(bytes));
            out.add(rank.stream().allocate(bytes));
            rank.stream().fill(in.get(in.size() - 1), bytes, RandomMemory.block(DType.FLOAT32, RandomMemory.SMALL));
        }
        Batch batch = effort.batch(1, calls -> () -> {
            first.hold(HOLD_MICROSECONDS_A_CALL * calls);
            return first.microseconds(() -> {
                for (int i = 0; i < calls; i++) {
                    allReduce(ranks, in, out, bytes / Float.BYTES);
                }
            });
        });
        return batch.closing(() -> {
            in.forEach(first::free);
            out.forEach(first::free);
        });
    }

    private static void allReduce(List<Rank> ranks, List<Long> in, List<Long> out, long count) {
        check(ncclGroupStart(), "ncclGroupStart");
        for (int r = 0; r < ranks.size(); r++) {
            Rank rank = ranks.get(r);
            check(
                    ncclAllReduce(
                            new CudaStream.At(in.get(r)),
                            new CudaStream.At(out.get(r)),
                            count,
                            ncclFloat32,
                            ncclSum,
                            rank.communicator(),
                            rank.stream().handle()),
                    "ncclAllReduce");
        }
        check(ncclGroupEnd(), "ncclGroupEnd");
    }

    private List<Rank> connect(int count) {
        PointerPointer<ncclComm> communicators = new PointerPointer<>(count);
        ncclUniqueId id = new ncclUniqueId();
        check(ncclGetUniqueId(id), "ncclGetUniqueId");
        check(ncclGroupStart(), "ncclGroupStart");
        for (int rank = 0; rank < count; rank++) {
            check(ncclCommInitRank(communicators.getPointer(rank), count, id, rank), "ncclCommInitRank");
        }
        check(ncclGroupEnd(), "ncclGroupEnd"); // which fills the communicators in
        List<Rank> ranks = new ArrayList<>();
        for (int rank = 0; rank < count; rank++) {
            ranks.add(new Rank(new CudaStream(ordinal), communicators.get(ncclComm.class, rank)));
        }
        return ranks;
    }

    private static void check(int status, String what) {
        if (status != ncclSuccess) {
            throw new IllegalStateException(
                    what + ": " + ncclGetErrorString(status).getString());
        }
    }
}

package io.sardonyx.collective.nccl;

import static org.bytedeco.cuda.global.cudart.cudaGetErrorString;
import static org.bytedeco.cuda.global.cudart.cudaSetDevice;
import static org.bytedeco.cuda.global.cudart.cudaStreamCreateWithFlags;
import static org.bytedeco.cuda.global.cudart.cudaStreamDestroy;
import static org.bytedeco.cuda.global.cudart.cudaStreamNonBlocking;
import static org.bytedeco.cuda.global.nccl.NCCL_API_MAGIC;
import static org.bytedeco.cuda.global.nccl.NCCL_UNIQUE_ID_BYTES;
import static org.bytedeco.cuda.global.nccl.NCCL_VERSION_CODE;
import static org.bytedeco.cuda.global.nccl.ncclCommInitRankConfig;
import static org.bytedeco.cuda.global.nccl.ncclGetErrorString;
import static org.bytedeco.cuda.global.nccl.ncclGetUniqueId;
import static org.bytedeco.cuda.global.nccl.ncclInProgress;
import static org.bytedeco.cuda.global.nccl.ncclSuccess;

import io.sardonyx.collective.CollectiveException.Reason;
import io.sardonyx.collective.TransportException;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.nccl.ncclComm;
import org.bytedeco.cuda.nccl.ncclConfig_t;
import org.bytedeco.cuda.nccl.ncclUniqueId;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerPointer;

/** The host's NCCL, by JavaCPP's class for it. */
final class NcclLibrary implements Nccl {
    /** NCCL_CONFIG_UNDEF_INT: what the library chooses. */
    private static final int UNDEFINED = Integer.MIN_VALUE;

    private NcclLibrary() {}

    /** @throws LinkageError where a library is missing */
    static Nccl load() {
        Loader.load(org.bytedeco.cuda.global.nccl.class);
        return new NcclLibrary();
    }

    @Override
    public byte[] newId() {
        try (ncclUniqueId id = new ncclUniqueId()) {
            check(ncclGetUniqueId(id), "ncclGetUniqueId");
            byte[] bytes = new byte[NCCL_UNIQUE_ID_BYTES];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = id.internal(i);
            }
            return bytes;
        }
    }

    @Override
    public Communicator open(int gpu, int ranks, int rank, byte[] id) {
        use(gpu);
        CUstream_st stream = new CUstream_st();
        checkCuda(cudaStreamCreateWithFlags(stream, cudaStreamNonBlocking), "cudaStreamCreateWithFlags");
        // NCCL's thread writes there once more when it has connected, after the call has returned: no place on a stack.
        PointerPointer<ncclComm> place = new PointerPointer<>(1);
        try (ncclUniqueId unique = new ncclUniqueId();
                ncclConfig_t config = neverBlocking()) {
            for (int i = 0; i < id.length; i++) {
                unique.internal(i, id[i]);
            }
            int status = ncclCommInitRankConfig(place, ranks, unique, rank, config);
            if (status != ncclInProgress) {
                check(status, "ncclCommInitRankConfig");
            }
            return new NcclCommunicator(gpu, place, stream);
        } catch (TransportException e) {
            cudaStreamDestroy(stream);
            throw e;
        }
    }

    /** NCCL_CONFIG_INITIALIZER, a macro that Java has not, but for {@code blocking}. */
    private static ncclConfig_t neverBlocking() {
        ncclConfig_t config = new ncclConfig_t();
        return config.size(config.sizeof())
                .magic(NCCL_API_MAGIC)
                .version(NCCL_VERSION_CODE)
                .blocking(0)
                .cgaClusterSize(UNDEFINED)
                .minCTAs(UNDEFINED)
                .maxCTAs(UNDEFINED)
                .netName(null)
                .splitShare(UNDEFINED)
                .trafficClass(UNDEFINED)
                .commName(null)
                .collnetEnable(UNDEFINED)
                .CTAPolicy(UNDEFINED)
                .shrinkShare(UNDEFINED)
                .nvlsCTAs(UNDEFINED)
                .nChannelsPerNetPeer(UNDEFINED)
                .nvlinkCentricSched(UNDEFINED)
                .graphUsageMode(UNDEFINED)
                .numRmaCtx(UNDEFINED);
    }

    /** For the calling thread. */
    static void use(int gpu) {
        checkCuda(cudaSetDevice(gpu), "cudaSetDevice");
    }

    private static void check(int status, String what) {
        if (status != ncclSuccess) {
            throw new TransportException(
                    Reason.FAILED,
                    "nccl: " + what + ": " + ncclGetErrorString(status).getString(),
                    null);
        }
    }

    static void checkCuda(int error, String what) {
        if (error != 0) {
            throw new TransportException(
                    Reason.FAILED,
                    "nccl: " + what + ": " + cudaGetErrorString(error).getString(),
                    null);
        }
    }
}

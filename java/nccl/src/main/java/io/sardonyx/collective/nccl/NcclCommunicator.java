package io.sardonyx.collective.nccl;

import static org.bytedeco.cuda.global.cudart.cudaErrorNotReady;
import static org.bytedeco.cuda.global.cudart.cudaStreamDestroy;
import static org.bytedeco.cuda.global.cudart.cudaStreamQuery;
import static org.bytedeco.cuda.global.nccl.ncclAllGather;
import static org.bytedeco.cuda.global.nccl.ncclAllReduce;
import static org.bytedeco.cuda.global.nccl.ncclBroadcast;
import static org.bytedeco.cuda.global.nccl.ncclCommAbort;
import static org.bytedeco.cuda.global.nccl.ncclCommDestroy;
import static org.bytedeco.cuda.global.nccl.ncclCommFinalize;
import static org.bytedeco.cuda.global.nccl.ncclCommGetAsyncError;
import static org.bytedeco.cuda.global.nccl.ncclGetErrorString;
import static org.bytedeco.cuda.global.nccl.ncclGetLastError;
import static org.bytedeco.cuda.global.nccl.ncclReduceScatter;
import static org.bytedeco.cuda.global.nccl.ncclSuccess;
import static org.bytedeco.cuda.global.nccl.ncclUint8;

import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.nccl.ncclComm;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/** A communicator of the host's NCCL. CUDA's current device belongs to the thread, so each call names the GPU first. */
final class NcclCommunicator implements Nccl.Communicator {
    private final int gpu;
    private final PointerPointer<ncclComm> place;
    private final ncclComm communicator;
    private final CUstream_st stream;

    /** @param place that has the communicator, and may be written by NCCL until it is connected */
    NcclCommunicator(int gpu, PointerPointer<ncclComm> place, CUstream_st stream) {
        this.gpu = gpu;
        this.place = place;
        this.communicator = place.get(ncclComm.class, 0);
        this.stream = stream;
    }

    /** A place on the GPU. */
    private static final class At extends Pointer {
        At(long address) {
            this.address = address;
        }
    }

    @Override
    public int status() {
        int[] error = new int[1];
        int status = ncclCommGetAsyncError(communicator, error);
        return status == ncclSuccess ? error[0] : status;
    }

    @Override
    public boolean isIdle() {
        NcclLibrary.use(gpu);
        int error = cudaStreamQuery(stream);
        if (error == cudaErrorNotReady) {
            return false;
        }
        NcclLibrary.checkCuda(error, "cudaStreamQuery");
        return true;
    }

    @Override
    public int allReduce(long data, long count, int type, int operation) {
        NcclLibrary.use(gpu);
        return ncclAllReduce(new At(data), new At(data), count, type, operation, communicator, stream);
    }

    @Override
    public int reduceScatter(long all, long part, long count, int type, int operation) {
        NcclLibrary.use(gpu);
        return ncclReduceScatter(new At(all), new At(part), count, type, operation, communicator, stream);
    }

    @Override
    public int allGather(long part, long all, long bytes) {
        NcclLibrary.use(gpu);
        return ncclAllGather(new At(part), new At(all), bytes, ncclUint8, communicator, stream);
    }

    @Override
    public int broadcast(long data, long bytes, int root) {
        NcclLibrary.use(gpu);
        return ncclBroadcast(new At(data), new At(data), bytes, ncclUint8, root, communicator, stream);
    }

    @Override
    public String describe(int status) {
        String last = ncclGetLastError(communicator).getString();
        return ncclGetErrorString(status).getString() + (last.isBlank() ? "" : ": " + last.strip());
    }

    @Override
    public int finish() {
        NcclLibrary.use(gpu);
        return ncclCommFinalize(communicator);
    }

    @Override
    public void destroy() {
        NcclLibrary.use(gpu);
        ncclCommDestroy(communicator);
        free();
    }

    @Override
    public void abort() {
        NcclLibrary.use(gpu);
        ncclCommAbort(communicator);
        free();
    }

    private void free() {
        cudaStreamDestroy(stream);
        place.close();
    }
}

package io.sardonyx.bench.device;

import static io.sardonyx.bench.device.CudaContext.check;
import static org.bytedeco.cuda.global.cudart.cudaEventCreate;
import static org.bytedeco.cuda.global.cudart.cudaEventElapsedTime;
import static org.bytedeco.cuda.global.cudart.cudaEventRecord;
import static org.bytedeco.cuda.global.cudart.cudaEventSynchronize;
import static org.bytedeco.cuda.global.cudart.cudaFree;
import static org.bytedeco.cuda.global.cudart.cudaGraphDestroy;
import static org.bytedeco.cuda.global.cudart.cudaGraphExecDestroy;
import static org.bytedeco.cuda.global.cudart.cudaGraphInstantiate;
import static org.bytedeco.cuda.global.cudart.cudaGraphLaunch;
import static org.bytedeco.cuda.global.cudart.cudaMalloc;
import static org.bytedeco.cuda.global.cudart.cudaMemcpy;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyAsync;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyDeviceToDevice;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyHostToDevice;
import static org.bytedeco.cuda.global.cudart.cudaStreamBeginCapture;
import static org.bytedeco.cuda.global.cudart.cudaStreamCaptureModeThreadLocal;
import static org.bytedeco.cuda.global.cudart.cudaStreamCreate;
import static org.bytedeco.cuda.global.cudart.cudaStreamEndCapture;

import java.nio.ByteBuffer;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.cudart.CUgraphExec_st;
import org.bytedeco.cuda.cudart.CUgraph_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.javacpp.Pointer;

/** What a contender needs of CUDA, without our runtime: memory, graphs and their time. */
final class CudaStream {
    private static final long LEAST_HELD_BYTES = 64L << 20;
    /** More than any GPU's memory does, read and written. */
    private static final double BYTES_PER_MICROSECOND = 10e6;

    private final CUstream_st stream = new CUstream_st();
    private final CUevent_st start = new CUevent_st();
    private final CUevent_st end = new CUevent_st();
    private final long l2Bytes;
    private long held; // what is copied to hold the stream

    CudaStream(int ordinal) {
        l2Bytes = new CudaContext(ordinal).l2Bytes();
        check(cudaStreamCreate(stream), "cudaStreamCreate");
        check(cudaEventCreate(start), "cudaEventCreate");
        check(cudaEventCreate(end), "cudaEventCreate");
    }

    /** A place on the device. */
    static final class At extends Pointer {
        At(long address) {
            this.address = address;
        }
    }

    CUstream_st handle() {
        return stream;
    }

    /** Of the GPU's last cache. */
    long l2Bytes() {
        return l2Bytes;
    }

    long allocate(long bytes) {
        Pointer pointer = new Pointer();
        check(cudaMalloc(pointer, bytes), "cudaMalloc of " + bytes + " bytes");
        return pointer.address();
    }

    void free(long address) {
        check(cudaFree(new At(address)), "cudaFree");
    }

    /** Repeats {@code block}, which is direct. */
    void fill(long address, long bytes, ByteBuffer block) {
        long done = Math.min(block.capacity(), bytes);
        Pointer from = new Pointer(block.duplicate().clear());
        check(cudaMemcpy(new At(address), from, done, cudaMemcpyHostToDevice), "cudaMemcpy");
        while (done < bytes) { // twice as much each time
            long length = Math.min(done, bytes - done);
            check(cudaMemcpy(new At(address + done), new At(address), length, cudaMemcpyDeviceToDevice), "cudaMemcpy");
            done += length;
        }
    }

    /** What {@code launches} queues on this stream, to be run again and again. */
    Graph record(Runnable launches) {
        check(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal), "cudaStreamBeginCapture");
        launches.run();
        CUgraph_st graph = new CUgraph_st();
        check(cudaStreamEndCapture(stream, graph), "cudaStreamEndCapture");
        CUgraphExec_st exec = new CUgraphExec_st();
        check(cudaGraphInstantiate(exec, graph, 0), "cudaGraphInstantiate");
        check(cudaGraphDestroy(graph), "cudaGraphDestroy");
        return new Graph(exec);
    }

    /** Of what {@code work} queues, by the GPU's clock. */
    double microseconds(Runnable work) {
        check(cudaEventRecord(start, stream), "cudaEventRecord");
        work.run();
        check(cudaEventRecord(end, stream), "cudaEventRecord");
        check(cudaEventSynchronize(end), "cudaEventSynchronize");
        float[] milliseconds = new float[1];
        check(cudaEventElapsedTime(milliseconds, start, end), "cudaEventElapsedTime");
        return 1e3 * milliseconds[0];
    }

    /**
     * Keeps the stream busy for so long at least, so that the host can queue what is to be timed behind it. It does so by copies into
     * twice as many bytes as the L2 has, which then holds nothing else.
     */
    void hold(double microseconds) {
        long bytes = Math.max(LEAST_HELD_BYTES, 2 * l2Bytes);
        if (held == 0) {
            held = allocate(2 * bytes);
        }
        for (double left = microseconds; left > 0; left -= 2 * bytes / BYTES_PER_MICROSECOND) {
            check(
                    cudaMemcpyAsync(new At(held), new At(held + bytes), bytes, cudaMemcpyDeviceToDevice, stream),
                    "cudaMemcpyAsync");
        }
    }

    final class Graph implements AutoCloseable {
        private final CUgraphExec_st exec;

        private Graph(CUgraphExec_st exec) {
            this.exec = exec;
        }

        /** Runs it once. */
        double microseconds() {
            return CudaStream.this.microseconds(() -> check(cudaGraphLaunch(exec, stream), "cudaGraphLaunch"));
        }

        @Override
        public void close() {
            check(cudaGraphExecDestroy(exec), "cudaGraphExecDestroy");
        }
    }
}

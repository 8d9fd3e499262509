package io.sardonyx.bench.device;

import static org.bytedeco.cuda.global.cudart.cudaCtxResetPersistingL2Cache;
import static org.bytedeco.cuda.global.cudart.cudaDevAttrL2CacheSize;
import static org.bytedeco.cuda.global.cudart.cudaDeviceGetAttribute;
import static org.bytedeco.cuda.global.cudart.cudaDeviceGetPCIBusId;
import static org.bytedeco.cuda.global.cudart.cudaDeviceSetLimit;
import static org.bytedeco.cuda.global.cudart.cudaErrorUnsupportedLimit;
import static org.bytedeco.cuda.global.cudart.cudaGetErrorString;
import static org.bytedeco.cuda.global.cudart.cudaLimitPersistingL2CacheSize;
import static org.bytedeco.cuda.global.cudart.cudaSetDevice;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.Loader;

/**
 * The context that all of this process share on a GPU: a contender's libraries, and our runtime, which has a CUDA runtime of its own
 * inside. Lines of L2 that are set aside to persist would survive what flushes the rest, so none may be.
 */
public final class CudaContext {
    private static final int BUS_ID_BYTES = 32;

    private final int ordinal;

    /** Of a process that finds CUDA's libraries. */
    CudaContext(int ordinal) {
        this.ordinal = ordinal;
        check(cudaSetDevice(ordinal), "cudaSetDevice " + ordinal);
        int error = cudaDeviceSetLimit(cudaLimitPersistingL2CacheSize, 0);
        if (error != cudaErrorUnsupportedLimit) { // where that is, nothing persists
            check(error, "cudaDeviceSetLimit of the persisting L2");
            check(cudaCtxResetPersistingL2Cache(), "cudaCtxResetPersistingL2Cache");
        }
    }

    /**
     * Looks for CUDA's runtime on this host first.
     *
     * @throws LibraryMissingException if there is none, or it finds no such GPU
     */
    public static CudaContext find(int ordinal) {
        CudaLibraries.Found found = CudaLibraries.find(CudaLibraries.RUNTIME);
        try {
            for (Path folder : found.folders()) {
                for (String file : CudaLibraries.RUNTIME.needed()) {
                    if (Files.exists(folder.resolve(file))) {
                        System.load(folder.resolve(file).toAbsolutePath().toString()); // the next line then has it
                    }
                }
            }
            Loader.load(cudart.class);
            return new CudaContext(ordinal);
        } catch (LinkageError | IllegalStateException e) {
            throw new LibraryMissingException(found.missing().isEmpty() ? e.toString() : found.whyMissing());
        }
    }

    /** Of its last cache. */
    public long l2Bytes() {
        int[] value = new int[1];
        check(cudaDeviceGetAttribute(value, cudaDevAttrL2CacheSize, ordinal), "cudaDeviceGetAttribute");
        return value[0];
    }

    /** Such as {@code 0000:1B:00.0}: the same GPU for whoever numbers them otherwise. */
    public String busId() {
        byte[] text = new byte[BUS_ID_BYTES];
        check(cudaDeviceGetPCIBusId(text, BUS_ID_BYTES, ordinal), "cudaDeviceGetPCIBusId");
        return new String(text, StandardCharsets.US_ASCII).trim();
    }

    static void check(int error, String what) {
        if (error != 0) {
            throw new IllegalStateException(
                    what + ": " + cudaGetErrorString(error).getString());
        }
    }
}

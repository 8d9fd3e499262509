package io.sardonyx.collective.nccl;

import io.sardonyx.collective.CollectiveException.Reason;
import io.sardonyx.collective.Rendezvous;
import io.sardonyx.collective.Transport;
import io.sardonyx.collective.TransportException;
import io.sardonyx.collective.TransportProvider;
import io.sardonyx.device.Device;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/**
 * NCCL, for GPUs: the host's {@code libnccl.so.2}, a process for each GPU. It has not been run on GPUs yet.
 *
 * <p>All ranks get the same bits. To get them in every run too, NCCL must not choose anew: {@code NCCL_ALGO=Ring}, {@code
 * NCCL_PROTO=Simple}, {@code NCCL_NVLS_ENABLE=0}, {@code NCCL_COLLNET_ENABLE=0} and one number for {@code NCCL_MIN_CTAS} and {@code
 * NCCL_MAX_CTAS} on all ranks, with the same machines in the same order.
 */
public final class NcclProvider implements TransportProvider {
    private static final String KIND = "cuda:";
    private static final String INSTALL =
            ". The engine needs an NVIDIA driver, libnccl.so.2 and libcudart.so.13 where the loader"
                    + " finds them (apt-get install libnccl2 cuda-cudart-13-1 from NVIDIA's repository; or the wheels nvidia-nccl-cu13"
                    + " and nvidia-cuda-runtime, and LD_LIBRARY_PATH), and org.bytedeco:cuda with classifier linux-x86_64 on the class"
                    + " path";

    @Override
    public String name() {
        return "nccl";
    }

    @Override
    public boolean serves(Device device) {
        return device.name().startsWith(KIND);
    }

    @Override
    public Transport connect(Rendezvous rendezvous, Device device, Duration deadline)
            throws TimeoutException, InterruptedException {
        if (!serves(device)) {
            throw new IllegalArgumentException("NCCL connects devices cuda:N, not " + device.name());
        }
        int gpu = Integer.parseInt(device.name().substring(KIND.length()));
        return NcclTransport.connect(load(), rendezvous, device, gpu, deadline);
    }

    private static Nccl load() {
        try {
            return NcclLibrary.load();
        } catch (LinkageError e) { // of a library, or of JavaCPP's classes
            throw new TransportException(Reason.FAILED, "nccl: " + e.getMessage() + INSTALL, e);
        }
    }
}

package io.sardonyx.collective.nccl;

import static org.bytedeco.cuda.global.nccl.ncclFloat32;
import static org.bytedeco.cuda.global.nccl.ncclInProgress;
import static org.bytedeco.cuda.global.nccl.ncclInvalidUsage;
import static org.bytedeco.cuda.global.nccl.ncclMax;
import static org.bytedeco.cuda.global.nccl.ncclProd;
import static org.bytedeco.cuda.global.nccl.ncclRemoteError;
import static org.bytedeco.cuda.global.nccl.ncclUint8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.collective.Agreement;
import io.sardonyx.collective.CollectiveException.Reason;
import io.sardonyx.collective.Reduction;
import io.sardonyx.collective.Rendezvous;
import io.sardonyx.collective.TransportException;
import io.sardonyx.device.Device;
import io.sardonyx.device.Devices;
import io.sardonyx.device.Memory;
import io.sardonyx.tensor.DType;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** How calls begin and end, with an NCCL that says what the test wants. */
@Timeout(30)
class NcclTransportTest {
    private static final Device HOST = Devices.get("reference");
    private static final Duration SOON = Duration.ofMillis(50);
    private static final Duration LATER = Duration.ofSeconds(20);

    private final FakeNccl nccl = new FakeNccl();
    private final Memory data = HOST.allocate(64);
    private final Agreement agreement = new Agreement(HOST.allocate(4), HOST.allocate(8), 4);

    /** Keeps what was brought, and answers with rank 0's. */
    private record OneOfTwo(int rank, List<byte[]> brought, byte[] first) implements Rendezvous {
        @Override
        public int size() {
            return 2;
        }

        @Override
        public List<byte[]> allGather(byte[] mine, Duration deadline) {
            brought.add(mine);
            return List.of(rank == 0 ? mine : first, new byte[0]);
        }
    }

    private NcclTransport connect(Duration deadline) throws Exception {
        return NcclTransport.connect(nccl, new OneOfTwo(0, new ArrayList<>(), null), HOST, 3, deadline);
    }

    private static TransportException fails(Reason reason, Executable call) {
        TransportException e = assertThrows(TransportException.class, call);
        assertEquals(reason, e.reason(), e.getMessage());
        return e;
    }

    @Test
    void theIdOfRankZeroGoesToAll() throws Exception {
        OneOfTwo zero = new OneOfTwo(0, new ArrayList<>(), null);
        NcclTransport.connect(nccl, zero, HOST, 3, LATER).close();
        assertArrayEquals(nccl.newId(), zero.brought().get(0));
        byte[] id = nccl.newId();
        id[0] = 9;
        OneOfTwo one = new OneOfTwo(1, new ArrayList<>(), id);
        NcclTransport.connect(nccl, one, HOST, 5, LATER).close();
        assertEquals(0, one.brought().get(0).length);
        assertEquals(List.of("open 3 2 0 7", "finish", "destroy", "open 5 2 1 9", "finish", "destroy"), nccl.calls);
        OneOfTwo stranger = new OneOfTwo(1, new ArrayList<>(), new byte[3]);
        assertTrue(fails(Reason.FAILED, () -> NcclTransport.connect(nccl, stranger, HOST, 5, LATER))
                .getMessage()
                .contains("brought 3 bytes"));
    }

    @Test
    void callsReachNccl() throws Exception {
        try (NcclTransport transport = connect(LATER)) {
            transport.allReduce(agreement, data, data, DType.FLOAT32, 16, Reduction.PRODUCT, LATER);
            transport.reduceScatter(data, data, DType.FLOAT32, 8, Reduction.MAX, LATER);
            transport.allGather(data, data, 32, LATER);
            transport.broadcast(data, 64, 1, LATER);
            transport.barrier(LATER);
            assertThrows(
                    IllegalArgumentException.class,
                    () -> transport.allReduce(agreement, data, data, DType.BOOL, 1, Reduction.SUM, LATER));
        }
        assertEquals(
                List.of(
                        "open 3 2 0 7",
                        "allGather 4",
                        "allReduce 16 " + ncclFloat32 + " " + ncclProd,
                        "reduceScatter 8 " + ncclFloat32 + " " + ncclMax,
                        "allGather 32",
                        "broadcast 64 1",
                        "allReduce 1 " + ncclUint8 + " " + ncclMax,
                        "finish",
                        "destroy"),
                nccl.calls);
    }

    @Test
    void nothingIsReducedWhereRanksDisagree() throws Exception {
        try (NcclTransport transport = connect(LATER)) {
            agreement.mine().write(0, ByteBuffer.wrap(new byte[] {1, 2, 3, 4}));
            agreement.all().write(0, ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 1, 2, 3, 5}));
            assertFalse(transport.allReduce(agreement, data, data, DType.FLOAT32, 16, Reduction.SUM, LATER));
        }
        assertEquals(List.of("open 3 2 0 7", "allGather 4", "finish", "destroy"), nccl.calls);
    }

    @Test
    void connectingHasADeadline() {
        nccl.status = ncclInProgress;
        assertTrue(fails(Reason.TIMEOUT, () -> connect(SOON)).getMessage().contains("connecting to 1 other ranks"));
        assertEquals(List.of("open 3 2 0 7", "abort"), nccl.calls);
    }

    /** Whether it is NCCL that is not ready or the stream; the connections are of no more use then. */
    @Test
    void aCallHasADeadline() throws Exception {
        for (boolean streamIsLate : new boolean[] {true, false}) {
            nccl.calls.clear();
            NcclTransport transport = connect(LATER);
            nccl.idle = !streamIsLate;
            nccl.status = streamIsLate ? nccl.status : ncclInProgress;
            fails(Reason.TIMEOUT, () -> transport.broadcast(data, 64, 1, SOON));
            fails(Reason.CLOSED, () -> transport.barrier(SOON));
            transport.close();
            assertEquals(List.of("open 3 2 0 7", "broadcast 64 1", "abort"), nccl.calls);
            nccl.idle = true;
        }
    }

    @Test
    void whatGoesWrongElsewhereIsHeardOfWhileWaiting() throws Exception {
        NcclTransport transport = connect(LATER);
        nccl.idle = false;
        Thread peer = new Thread(() -> nccl.status = ncclRemoteError);
        peer.start();
        fails(Reason.PEER_LOST, () -> transport.allGather(data, data, 8, LATER));
        peer.join();
        transport.close();
        assertEquals(List.of("open 3 2 0 7", "allGather 8", "abort"), nccl.calls);
    }

    @Test
    void aCallThatNcclRefusesFails() throws Exception {
        NcclTransport transport = connect(LATER);
        nccl.begins = ncclInvalidUsage;
        String said = fails(
                        Reason.FAILED, () -> transport.reduceScatter(data, data, DType.INT32, 1, Reduction.SUM, LATER))
                .getMessage();
        assertEquals("nccl: reduceScatter: status " + ncclInvalidUsage, said);
        transport.close();
    }

    @Test
    void abortEndsACallOfAnotherThread() throws Exception {
        NcclTransport transport = connect(LATER);
        nccl.idle = false;
        Thread other = new Thread(transport::abort);
        other.start();
        fails(Reason.CLOSED, () -> transport.barrier(LATER));
        other.join();
        transport.close();
        assertEquals("abort", nccl.calls.get(nccl.calls.size() - 1));
    }

    @Test
    void interruptingEndsACall() throws Exception {
        NcclTransport transport = connect(LATER);
        nccl.idle = false;
        Thread.currentThread().interrupt();
        fails(Reason.INTERRUPTED, () -> transport.barrier(LATER));
        assertTrue(Thread.interrupted());
        transport.close();
    }

    @Test
    void whereTheOthersAreGoneClosingAborts() throws Exception {
        NcclTransport transport = connect(LATER);
        nccl.status = ncclRemoteError;
        transport.close();
        assertEquals(List.of("open 3 2 0 7", "finish", "abort"), nccl.calls);
    }
}

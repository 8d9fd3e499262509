package io.sardonyx.collective;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/** The side of all ranks but 0: finds rank 0, which may come later, brings its bytes and waits for those of all. */
final class RendezvousClient implements RendezvousEnd {
    private static final long RETRY_MILLIS = 50;

    private final int rank;
    private final int size;
    private final String host;
    private final int port;
    private final Selector selector;
    private FrameChannel channel;
    private int round;

    RendezvousClient(int rank, int size, String host, int port) throws IOException {
        this.rank = rank;
        this.size = size;
        this.host = host;
        this.port = port;
        this.selector = Selector.open();
    }

    @Override
    public List<byte[]> allGather(byte[] mine, Duration limit)
            throws IOException, TimeoutException, InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        if (channel == null) {
            channel = connect(deadline);
        }
        try {
            channel.send(new Frame(Frame.Kind.COME, rank, size, round++, (int) millisUntil(deadline), mine));
            while (true) {
                Optional<Frame> answer = channel.receive();
                if (answer.isPresent()) {
                    return answer.get().result();
                }
                if (!await(deadline)) {
                    throw new TimeoutException(rankZero() + " did not answer in time");
                }
                channel.flush();
            }
        } catch (IOException e) {
            throw new TransportException(CollectiveException.Reason.PEER_LOST, rankZero() + ": " + e.getMessage(), e);
        }
    }

    private FrameChannel connect(long deadline) throws IOException, TimeoutException, InterruptedException {
        String problem = "no connection";
        while (millisUntil(deadline) > 0) {
            SocketChannel socket = SocketChannel.open();
            try {
                if (connects(socket, deadline)) {
                    return new FrameChannel(socket, selector);
                }
            } catch (IOException e) {
                problem = e.getMessage(); // it is not there yet
            }
            socket.close();
            Thread.sleep(Math.max(0, Math.min(RETRY_MILLIS, millisUntil(deadline))));
        }
        throw new TimeoutException(rankZero() + " did not come in time: " + problem);
    }

    private boolean connects(SocketChannel socket, long deadline) throws IOException, InterruptedException {
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new IOException("the name " + host + " is not known");
        }
        socket.configureBlocking(false);
        if (socket.connect(address)) {
            return true;
        }
        SelectionKey key = socket.register(selector, SelectionKey.OP_CONNECT);
        boolean ready = await(deadline);
        key.cancel();
        selector.selectNow(); // lets go of the key, so that the channel can be registered again
        return ready && socket.finishConnect();
    }

    /** Whether something can go on before the deadline. */
    private boolean await(long deadline) throws IOException, InterruptedException {
        long left = millisUntil(deadline);
        if (left > 0) {
            selector.select(left);
            selector.selectedKeys().clear();
        }
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted while waiting for " + rankZero());
        }
        return millisUntil(deadline) > 0;
    }

    private String rankZero() {
        return "rank 0 at " + host + ":" + port;
    }

    private static long millisUntil(long deadline) {
        return Math.max(0, (deadline - System.nanoTime()) / 1_000_000);
    }

    @Override
    public void close() {
        if (channel != null) {
            channel.close();
        }
        try {
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

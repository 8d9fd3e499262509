package io.sardonyx.collective;

import io.sardonyx.collective.CollectiveException.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Rank 0's side: waits for all others, then tells everyone what each has brought, or what is wrong. One thread serves all connections;
 * whoever is connected and says nothing, or nonsense, does no harm.
 */
final class RendezvousServer implements RendezvousEnd {
    /** Ranks are told that they wait in vain while a tenth of their time is left, to hear it from here. */
    private static final double ANSWERED_IN = 0.9;

    private final int size;
    private final Selector selector;
    private final ServerSocketChannel listener;
    private final FrameChannel[] channels;
    private final byte[][] brought;
    private int round;
    /** Of the soonest rank. */
    private long deadline;

    RendezvousServer(int size, int port) throws IOException {
        this.size = size;
        channels = new FrameChannel[size];
        brought = new byte[size][];
        selector = Selector.open();
        listener = ServerSocketChannel.open();
        try {
            listener.bind(new InetSocketAddress(port), Math.max(50, size));
            listener.configureBlocking(false).register(selector, SelectionKey.OP_ACCEPT);
        } catch (IOException e) {
            close();
            throw new IOException("rank 0 cannot listen at port " + port + ": " + e.getMessage(), e);
        }
    }

    @Override
    public List<byte[]> allGather(byte[] mine, Duration limit)
            throws IOException, TimeoutException, InterruptedException {
        deadline = System.nanoTime() + limit.toNanos();
        brought[0] = mine;
        try {
            while (!missing().isEmpty()) {
                if (!serve()) {
                    throw new TimeoutException(missingRanks());
                }
            }
            List<byte[]> all = List.copyOf(Arrays.asList(brought));
            tell(Frame.Kind.ALL, Frame.join(all));
            Arrays.fill(brought, null);
            round++;
            return all;
        } catch (TimeoutException | TransportException e) {
            tell(Frame.Kind.of(e), e.getMessage().getBytes(StandardCharsets.UTF_8));
            throw e;
        }
    }

    private List<Integer> missing() {
        return IntStream.range(0, size)
                .filter(rank -> brought[rank] == null)
                .boxed()
                .toList();
    }

    private String missingRanks() {
        List<Integer> missing = missing();
        return (missing.size() == 1 ? "rank " : "ranks ")
                + missing.stream().map(String::valueOf).collect(Collectors.joining(", ")) + " of " + size
                + " did not come in time";
    }

    /** Waits for something to happen and handles it; false at the deadline. */
    private boolean serve() throws IOException, InterruptedException {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
            return false;
        }
        selector.select(left);
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted while waiting: " + missingRanks());
        }
        for (SelectionKey key : List.copyOf(selector.selectedKeys())) {
            if (key.isValid() && key.isAcceptable()) {
                accept();
            } else if (key.isValid()) {
                handle((FrameChannel) key.attachment());
            }
        }
        selector.selectedKeys().clear();
        return true;
    }

    private void accept() throws IOException {
        SocketChannel socket = listener.accept();
        if (socket != null) {
            socket.configureBlocking(false);
            new FrameChannel(socket, selector);
        }
    }

    private void handle(FrameChannel channel) {
        try {
            channel.flush();
            var frame = channel.receive();
            if (frame.isPresent()) {
                come(channel, frame.get());
            }
        } catch (IOException e) {
            channel.close();
            int rank = Arrays.asList(channels).indexOf(channel);
            if (rank >= 0) { // else a stranger
                channels[rank] = null;
                throw new TransportException(Reason.PEER_LOST, "rank " + rank + " is gone: " + e.getMessage(), e);
            }
        }
    }

    private void come(FrameChannel channel, Frame frame) {
        int rank = frame.rank();
        boolean known = rank > 0 && rank < size && channels[rank] == channel;
        if (frame.size() != size) {
            throw refuse(channel, "rank " + rank + " was started for " + frame.size() + " ranks, rank 0 for " + size);
        }
        if (rank <= 0 || rank >= size) {
            throw refuse(channel, "rank " + rank + " came; expected 1 to " + (size - 1));
        }
        if (!known && channels[rank] != null) {
            throw refuse(channel, "rank " + rank + " came twice, from two processes");
        }
        if (frame.round() != round || brought[rank] != null) {
            throw refuse(channel, "rank " + rank + " is in round " + frame.round() + ", rank 0 in round " + round);
        }
        channels[rank] = channel;
        brought[rank] = frame.payload();
        deadline = Math.min(deadline, System.nanoTime() + (long) (ANSWERED_IN * 1e6 * frame.millis()));
    }

    /** Everyone will hear it, so this one has to as well. */
    private TransportException refuse(FrameChannel channel, String reason) {
        try {
            channel.send(frame(Frame.Kind.WRONG, reason.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            channel.close();
        }
        return new TransportException(Reason.MISMATCH, reason, null);
    }

    private Frame frame(Frame.Kind kind, byte[] payload) {
        return new Frame(kind, 0, size, round, 0, payload);
    }

    /** Sends this to all ranks that have come, as far as they take it before the deadline or soon after. */
    private void tell(Frame.Kind kind, byte[] payload) throws IOException, InterruptedException {
        deadline = Math.max(deadline, System.nanoTime() + Duration.ofSeconds(1).toNanos());
        List<FrameChannel> told = new ArrayList<>();
        for (FrameChannel channel : channels) {
            if (channel != null && !channel.isSending()) {
                told.add(channel);
                channel.send(frame(kind, payload));
            }
        }
        boolean more = true;
        while (more && told.stream().anyMatch(FrameChannel::isSending)) {
            try {
                more = serve();
            } catch (TransportException e) {
                continue; // that rank is missing in the next round; the others have to hear this
            }
        }
    }

    @Override
    public void close() {
        for (SelectionKey key : selector.keys()) {
            if (key.attachment() instanceof FrameChannel channel) {
                channel.close();
            }
        }
        try {
            listener.close();
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package io.sardonyx.collective;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Optional;

/** A connection that never blocks: frames go out and come in as far as they can, whenever its selector says so. */
final class FrameChannel implements AutoCloseable {
    private final SocketChannel socket;
    private final SelectionKey key;
    private ByteBuffer in = Frame.header();
    private Frame incoming;
    private ByteBuffer out = ByteBuffer.allocate(0);

    /** @param socket does not block */
    FrameChannel(SocketChannel socket, Selector selector) throws IOException {
        this.socket = socket;
        socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
        this.key = socket.register(selector, SelectionKey.OP_READ, this);
    }

    /** Begins to send; the frame before has been sent. */
    void send(Frame frame) throws IOException {
        out = frame.encode();
        flush();
    }

    /** Sends what it can now. */
    void flush() throws IOException {
        socket.write(out);
        key.interestOps(isSending() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
    }

    boolean isSending() {
        return out.hasRemaining();
    }

    /**
     * The next frame, if it is complete.
     *
     * @throws java.net.ProtocolException if the other side says something else
     * @throws EOFException if it has gone
     */
    Optional<Frame> receive() throws IOException {
        while (true) {
            if (socket.read(in) < 0) {
                throw new EOFException("the connection was closed");
            }
            if (in.hasRemaining()) {
                return Optional.empty();
            }
            if (incoming != null) {
                Frame complete = incoming;
                incoming = null;
                in = Frame.header();
                return Optional.of(complete);
            }
            incoming = Frame.decode(in.flip());
            in = ByteBuffer.wrap(incoming.payload());
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            key.cancel(); // nothing else is left to be done
        }
    }
}

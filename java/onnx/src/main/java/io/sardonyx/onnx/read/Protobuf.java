package io.sardonyx.onnx.read;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import io.sardonyx.onnx.Limits;
import io.sardonyx.onnx.ModelFormatException;
import io.sardonyx.onnx.ModelLimitException;
import io.sardonyx.onnx.Where;
import java.io.IOException;

/** The door to the protobuf library: turns its errors into ours. */
final class Protobuf {
    private Protobuf() {}

    /** The message in {@code bytes}, whose byte strings share them. */
    static <T> T parse(Parser<T> parser, byte[] bytes, Where where, Limits limits) {
        if (bytes.length == 0) {
            throw new ModelFormatException(where, 0, "the file is empty", null);
        }
        CodedInputStream in = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
        in.enableAliasing(true);
        in.setRecursionLimit(4 * limits.depth() + 32); // a graph in a graph is three messages, a type in a type two
        try {
            return parser.parseFrom(in);
        } catch (StackOverflowError e) { // a thread with a small stack, or a raised limit
            throw tooDeep(where, limits);
        } catch (OutOfMemoryError e) {
            throw ModelSource.heapTooSmall(where);
        } catch (IOException | RuntimeException e) {
            // The library has one exception for everything; only the text tells nesting from the rest.
            if (e instanceof InvalidProtocolBufferException
                    && String.valueOf(e.getMessage()).contains("levels of nesting")) {
                throw tooDeep(where, limits);
            }
            throw new ModelFormatException(
                    where, in.getTotalBytesRead(), "truncated or not an ONNX file: " + e.getMessage(), e);
        }
    }

    static ModelLimitException tooDeep(Where where, Limits limits) {
        return new ModelLimitException(
                where, Limits.Kind.DEPTH, limits.depth(), Long.MAX_VALUE, "graphs, types or groups nest");
    }
}

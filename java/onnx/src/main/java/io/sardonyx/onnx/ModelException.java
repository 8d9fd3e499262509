package io.sardonyx.onnx;

import java.util.regex.Pattern;

/** A model that cannot be read, built or run, as opposed to a caller's mistake. One line, with file and node. */
public abstract class ModelException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What is wrong with the model. */
    public enum Code {
        /** The bytes are not an ONNX file. */
        FORMAT,
        /** Names or edges are wrong, or a node's attributes. */
        GRAPH,
        /** Sizes are negative or overflow. */
        SHAPE,
        /** A tensor's data do not fit its type. */
        TENSOR,
        /** Data in another file are refused or missing. */
        EXTERNAL_DATA,
        /** The model needs what Sardonyx does not have. */
        UNSUPPORTED,
        /** One of {@link Limits} is exceeded. */
        LIMIT,
        /** An operator refused its inputs while the model ran. */
        EXECUTION
    }

    private static final int LONGEST = 4000;
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}\\u2028\\u2029]");

    private final Code code;
    private final String file;
    private final String node;
    private final String detail;

    ModelException(Code code, Where where, String detail, Throwable cause) {
        super(oneLine(where.prefix() + detail), cause);
        this.code = code;
        this.file = where.file();
        this.node = where.node();
        this.detail = detail;
    }

    /** Names come from the model: they may hold line ends, and be of any length. */
    private static String oneLine(String message) {
        String cut = message.length() > LONGEST ? message.substring(0, LONGEST) + "…" : message;
        return CONTROL.matcher(cut)
                .replaceAll(
                        found -> String.format("\\\\u%04x", (int) found.group().charAt(0)));
    }

    public Code code() {
        return code;
    }

    /** The model's file, or what stands for it. */
    public String file() {
        return file;
    }

    /** The node's name, "" where no single node is at fault. */
    public String node() {
        return node;
    }

    /** The message without file and node. */
    public String detail() {
        return detail;
    }
}

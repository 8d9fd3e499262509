package io.sardonyx.onnx.check;

/**
 * What became of a case.
 *
 * @param reason why it failed or is unsupported, one line; empty for a pass
 */
public record CaseResult(String name, Status status, String reason, String judge) {
    public enum Status {
        PASS,
        FAIL,
        UNSUPPORTED
    }

    /** As in {@code FAIL test_add output sum: …}. */
    @Override
    public String toString() {
        return status + " " + name + (reason.isEmpty() ? "" : " " + reason);
    }
}

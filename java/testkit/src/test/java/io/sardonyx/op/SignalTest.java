package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import io.sardonyx.testkit.Tolerance;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Fourier transforms, windows and the mel matrix. */
class SignalTest extends OperatorTest {
    private static final Tolerance NEAR = Tolerance.of(1e-6, 1e-6);

    @Override
    protected Stream<Case> cases() {
        return Stream.of(dft(), stft(), windows()).flatMap(s -> s);
    }

    private static HostTensor scalar(long value) {
        return HostTensor.of(Shape.SCALAR, value);
    }

    private static DFT dft(boolean inverse, boolean onesided) {
        return new DFT(OptionalLong.of(0), inverse, onesided);
    }

    private static Stream<Case> dft() {
        HostTensor ramp = HostTensor.of(Shape.of(3, 1), 1f, 2f, 3f);
        float h = (float) (Math.sqrt(3) / 2);
        HostTensor spectrum = HostTensor.of(Shape.of(3, 2), 6f, 0f, -1.5f, h, -1.5f, -h);
        HostTensor half = HostTensor.of(Shape.of(2, 2), 6f, 0f, -1.5f, h);
        HostTensor complexRamp = HostTensor.of(Shape.of(3, 2), 1f, 0f, 2f, 0f, 3f, 0f);
        return Stream.of(
                Case.of("of three", dft(false, false))
                        .input(ramp)
                        .expect(spectrum)
                        .within(NEAR),
                Case.of("back", dft(true, false))
                        .input(spectrum)
                        .expect(complexRamp)
                        .within(NEAR),
                Case.of("one-sided", dft(false, true)).input(ramp).expect(half).within(NEAR),
                Case.of("one-sided, back to three", dft(true, true))
                        .input(half)
                        .input(scalar(3))
                        .expect(ramp)
                        .within(NEAR),
                Case.of("padded to four", dft(false, false))
                        .input(ramp)
                        .input(scalar(4))
                        .expect(HostTensor.of(Shape.of(4, 2), 6f, 0f, -2f, -2f, 2f, 0f, -2f, 2f))
                        .within(NEAR),
                Case.of("cut to two", dft(false, false))
                        .input(ramp)
                        .input(scalar(2))
                        .expect(HostTensor.of(Shape.of(2, 2), 3f, 0f, -1f, 0f))
                        .within(NEAR),
                Case.of("along the axis of input 2", new DFT(OptionalLong.empty(), false, false))
                        .input(HostTensor.of(Shape.of(2, 2, 1), 1f, 2f, 3f, 4f))
                        .absent()
                        .input(scalar(0))
                        .expect(HostTensor.of(Shape.of(2, 2, 2), 4f, 0f, 6f, 0f, -2f, 0f, -2f, 0f))
                        .within(NEAR),
                Case.of("rejects one-sided of complex", dft(false, true))
                        .input(complexRamp)
                        .rejects("expected real numbers"),
                Case.of("rejects length 0", dft(false, false))
                        .input(ramp)
                        .input(scalar(0))
                        .rejects("a length of 1 or more"));
    }

    private static Stream<Case> stft() {
        HostTensor signal = HostTensor.of(Shape.of(1, 4, 1), 1f, 2f, 3f, 5f);
        return Stream.of(
                Case.of("two frames", new STFT(true))
                        .input(signal)
                        .input(scalar(2))
                        .absent()
                        .input(scalar(2))
                        .expect(HostTensor.of(Shape.of(1, 2, 2, 2), 3f, 0f, -1f, 0f, 8f, 0f, -2f, 0f))
                        .within(NEAR),
                Case.of("windowed", new STFT(false))
                        .input(signal)
                        .input(scalar(1))
                        .input(HostTensor.of(Shape.of(4), 0f, 1f, 0f, 0f))
                        .expect(HostTensor.of(Shape.of(1, 1, 4, 2), 2f, 0f, 0f, -2f, -2f, 0f, 0f, 2f))
                        .within(NEAR),
                Case.of("rejects a window of another length", new STFT(true))
                        .input(signal)
                        .input(scalar(1))
                        .input(Data.normal(1, 3))
                        .input(scalar(2))
                        .rejects("window: expected [2]"),
                Case.of("rejects a frame longer than the signal", new STFT(true))
                        .input(signal)
                        .input(scalar(1))
                        .absent()
                        .input(scalar(5))
                        .rejects("expected 1 to 4, given 5"));
    }

    private static Stream<Case> windows() {
        return Stream.of(
                Case.of("Hann, periodic", new HannWindow(DType.FLOAT32, true))
                        .input(scalar(4))
                        .expect(HostTensor.of(Shape.of(4), 0f, .5f, 1f, .5f)),
                Case.of("Hann, symmetric", new HannWindow(DType.FLOAT64, false))
                        .input(scalar(3))
                        .expect(HostTensor.of(DType.FLOAT64, Shape.of(3), 0, 1, 0)),
                Case.of("Hann of one", new HannWindow(DType.FLOAT32, false))
                        .input(scalar(1))
                        .expect(HostTensor.of(Shape.of(1), 1f)),
                Case.of("Hamming", new HammingWindow(DType.FLOAT32, true))
                        .input(scalar(2))
                        .expect(HostTensor.of(Shape.of(2), 4f / 46, 1f)),
                Case.of("Blackman", new BlackmanWindow(DType.FLOAT32, true))
                        .input(scalar(2))
                        .expect(HostTensor.of(Shape.of(2), 0f, 1f)),
                Case.of("rejects a negative size", new HannWindow(DType.FLOAT32, true))
                        .input(scalar(-1))
                        .rejects("expected 0 or more, given -1"),
                mel("triangles", 2, 16, 8000, 0, 4000).outputs(1),
                mel("rejects an edge above half the sample rate", 2, 16, 8000, 0, 9000)
                        .rejects("lies outside a spectrum of 9 rows"));
    }

    private static Case mel(String name, long bins, long length, long rate, float low, float high) {
        return Case.of("mel: " + name, new MelWeightMatrix(DType.FLOAT32))
                .input(scalar(bins))
                .input(scalar(length))
                .input(scalar(rate))
                .input(HostTensor.of(Shape.SCALAR, low))
                .input(HostTensor.of(Shape.SCALAR, high));
    }
}

package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.op.CellActivation.Kind;
import io.sardonyx.op.Recurrence.Direction;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import io.sardonyx.testkit.Tolerance;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** LSTM, GRU and RNN. */
class RecurrentTest extends OperatorTest {
    private static final CellActivation LINEAR = new CellActivation(Kind.AFFINE, 1, 0);
    private static final HostTensor ONE = HostTensor.of(Shape.of(1, 1, 1), 1f);

    @Override
    protected Stream<Case> cases() {
        return Stream.of(sums(), gates(), activations(), lstms(), grus(), ragged(), rejections())
                .flatMap(c -> c);
    }

    /** With weights 1 and the activation x, an RNN gives the sums of its sequence so far. */
    private static Stream<Case> sums() {
        HostTensor x = HostTensor.of(Shape.of(3, 1, 1), 1f, 2f, 4f);
        HostTensor pair = HostTensor.of(Shape.of(3, 2, 1), 1f, 10f, 2f, 20f, 4f, 40f);
        HostTensor lengths = HostTensor.of(DType.INT32, Shape.of(2), 2, 0);
        HostTensor start = HostTensor.of(Shape.of(1, 2, 1), 100f, 200f);
        HostTensor both = HostTensor.of(Shape.of(2, 1, 1), 1f, 1f);
        return Stream.of(
                Case.of("forward", linear(Direction.FORWARD, false))
                        .input(x)
                        .input(ONE)
                        .input(ONE)
                        .expect(HostTensor.of(Shape.of(3, 1, 1, 1), 1f, 3f, 7f), state(1, 1, 7)),
                Case.of("reverse", linear(Direction.REVERSE, false))
                        .input(x)
                        .input(ONE)
                        .input(ONE)
                        .expect(HostTensor.of(Shape.of(3, 1, 1, 1), 7f, 6f, 4f), state(1, 1, 7)),
                Case.of("both directions", linear(Direction.BIDIRECTIONAL, false))
                        .input(x)
                        .input(both)
                        .input(both)
                        .expect(HostTensor.of(Shape.of(3, 2, 1, 1), 1f, 7f, 3f, 6f, 7f, 4f), state(2, 1, 7, 7)),
                Case.of("both directions, batch first", linear(Direction.BIDIRECTIONAL, true))
                        .input(x.reshaped(Shape.of(1, 3, 1)))
                        .input(both)
                        .input(both)
                        .expect(HostTensor.of(Shape.of(1, 3, 2, 1), 1f, 7f, 3f, 6f, 7f, 4f), state(1, 2, 7, 7)),
                Case.of("lengths, biases and initial states", linear(Direction.FORWARD, false))
                        .input(pair)
                        .input(ONE)
                        .input(ONE)
                        .input(HostTensor.of(Shape.of(1, 2), 1000f, 2000f))
                        .input(lengths)
                        .input(start)
                        .expect(
                                HostTensor.of(Shape.of(3, 1, 2, 1), 3101f, 0f, 6103f, 0f, 0f, 0f),
                                state(1, 2, 6103, 200)),
                Case.of("reverse with lengths", linear(Direction.REVERSE, false))
                        .input(pair)
                        .input(ONE)
                        .input(ONE)
                        .absent()
                        .input(lengths)
                        .input(start)
                        .expect(HostTensor.of(Shape.of(3, 1, 2, 1), 103f, 0f, 102f, 0f, 0f, 0f), state(1, 2, 103, 200)),
                Case.of("no steps", linear(Direction.FORWARD, false))
                        .input(Data.normal(1, 0, 2, 1))
                        .input(ONE)
                        .input(ONE)
                        .absent()
                        .absent()
                        .input(start)
                        .expect(Data.normal(1, 0, 1, 2, 1), start),
                Case.of("a length outside", linear(Direction.FORWARD, false))
                        .input(pair)
                        .input(ONE)
                        .input(ONE)
                        .absent()
                        .input(HostTensor.of(DType.INT32, Shape.of(2), 2, 4))
                        .rejects("RNN: length 4 of sequence 1 is outside [0, 3]"));
    }

    private static RNN linear(Direction direction, boolean batchFirst) {
        List<CellActivation> activations =
                direction == Direction.BIDIRECTIONAL ? List.of(LINEAR, LINEAR) : List.of(LINEAR);
        return new RNN(new Recurrence(direction, activations, Float.POSITIVE_INFINITY, batchFirst));
    }

    private static HostTensor state(long first, long second, float... values) {
        return HostTensor.of(Shape.of(first, second, 1), values);
    }

    /** With weights 0 every gate is half open. */
    private static Stream<Case> gates() {
        HostTensor x = HostTensor.of(Shape.of(1, 1, 1), 5f);
        HostTensor half = HostTensor.of(Shape.of(1, 1, 1), .5f);
        HostTensor four = HostTensor.of(Shape.of(1, 1, 1), 4f);
        return Stream.of(
                Case.of("half open LSTM", lstm(Map.of()))
                        .input(x)
                        .constant(HostTensor.of(DType.FLOAT32, Shape.of(1, 4, 1), 0, 0, 0, 0))
                        .constant(HostTensor.of(DType.FLOAT32, Shape.of(1, 4, 1), 0, 0, 0, 0))
                        .absent()
                        .absent()
                        .absent()
                        .input(four)
                        .expect(
                                half((float) Math.tanh(2)).reshaped(Shape.of(1, 1, 1, 1)),
                                half((float) Math.tanh(2)),
                                half(4)),
                Case.of("LSTM with peepholes", lstm(Map.of()))
                        .input(x)
                        .constant(HostTensor.of(DType.FLOAT32, Shape.of(1, 4, 1), 0, 0, 0, 0))
                        .constant(HostTensor.of(DType.FLOAT32, Shape.of(1, 4, 1), 0, 0, 0, 0))
                        .absent()
                        .absent()
                        .absent()
                        .input(four)
                        .input(HostTensor.of(Shape.of(1, 3), 1000f, 0f, -1000f))
                        .expect(HostTensor.of(Shape.of(1, 1, 1, 1), 0f), HostTensor.of(Shape.of(1, 1, 1), 0f)),
                Case.of("LSTM with one gate for input and forget", lstm(Map.of("input_forget", 1L)))
                        .input(x)
                        .constant(HostTensor.of(DType.FLOAT32, Shape.of(1, 4, 1), 100, 0, 0, 0))
                        .constant(HostTensor.of(DType.FLOAT32, Shape.of(1, 4, 1), 0, 0, 0, 0))
                        .absent()
                        .absent()
                        .absent()
                        .input(four)
                        .expect(HostTensor.of(Shape.of(1, 1, 1, 1), 0f), HostTensor.of(Shape.of(1, 1, 1), 0f)),
                Case.of("half open GRU", gru(Map.of()))
                        .input(x)
                        .constant(HostTensor.of(DType.FLOAT32, Shape.of(1, 3, 1), 0, 0, 0))
                        .constant(HostTensor.of(DType.FLOAT32, Shape.of(1, 3, 1), 0, 0, 0))
                        .absent()
                        .absent()
                        .input(HostTensor.of(Shape.of(1, 1, 1), 1f))
                        .expect(half.reshaped(Shape.of(1, 1, 1, 1)), half),
                Case.of("float16", lstm(Map.of()))
                        .input(x(DType.FLOAT16, 3, 2, 4))
                        .constant(Data.normal(DType.FLOAT16, 2, 1, 20, 4))
                        .constant(Data.normal(DType.FLOAT16, 3, 1, 20, 5))
                        .outputs(3));
    }

    private static HostTensor half(float value) {
        return HostTensor.of(Shape.of(1, 1, 1), value / 2);
    }

    private static HostTensor x(DType dtype, long... sizes) {
        return Data.normal(dtype, 1, sizes);
    }

    private static Stream<Case> activations() {
        return Stream.of(
                activation("Relu", -2, 0),
                activation("LeakyRelu", -2, -0.02f),
                activation("ThresholdedRelu", 0.75f, 0),
                activation("HardSigmoid", 1, 0.7f),
                activation("Affine", 3, 3),
                activation("Elu", -1, (float) Math.expm1(-1)),
                activation("Softsign", 3, 0.75f),
                activation("softplus", 0, (float) Math.log(2)),
                activation("ScaledTanh", 0, 0),
                Case.of(
                                "alpha and beta",
                                RNN.read(attributes(Map.of(
                                        "activations", List.of("Affine"),
                                        "activation_alpha", List.of(2f),
                                        "activation_beta", List.of(10f)))))
                        .input(ONE)
                        .input(ONE)
                        .input(ONE)
                        .expect(HostTensor.of(Shape.of(1, 1, 1, 1), 12f)),
                Case.of("clip", RNN.read(attributes(Map.of("activations", List.of("Affine"), "clip", 2f))))
                        .input(HostTensor.of(Shape.of(1, 1, 1), -5f))
                        .input(ONE)
                        .input(ONE)
                        .expect(HostTensor.of(Shape.of(1, 1, 1, 1), -2f)));
    }

    private static Case activation(String name, float x, float y) {
        return Case.of(name, RNN.read(attributes(Map.of("activations", List.of(name)))))
                .input(HostTensor.of(Shape.of(1, 1, 1), x))
                .input(ONE)
                .input(ONE)
                .expect(HostTensor.of(Shape.of(1, 1, 1, 1), y));
    }

    private static Stream<Case> lstms() {
        return Stream.of(
                random("LSTM of one step", lstm(Map.of()), 4, 1, 1, 64, 64),
                random("LSTM of a row of steps", lstm(Map.of()), 4, 9, 1, 20, 128),
                random("LSTM of odd sizes", lstm(Map.of()), 4, 5, 3, 7, 17),
                random("LSTM of a batch", lstm(Map.of()), 4, 3, 8, 33, 16),
                random("LSTM of one unit", lstm(Map.of()), 4, 4, 2, 1, 1),
                random("LSTM of no batch", lstm(Map.of()), 4, 4, 0, 3, 2),
                random("LSTM in reverse", lstm(Map.of("direction", "reverse")), 4, 5, 2, 3, 9),
                random("LSTM in both directions", lstm(Map.of("direction", "bidirectional")), 4, 6, 2, 4, 15),
                random("LSTM with a clip", lstm(Map.of("clip", 0.3f)), 4, 4, 2, 5, 6),
                random("LSTM with one gate for two", lstm(Map.of("input_forget", 1L)), 4, 4, 2, 5, 6),
                random("LSTM, batch first", lstm(Map.of("layout", 1L)), 4, 5, 5, 6, 7),
                random(
                        "LSTM with other activations",
                        lstm(Map.of("activations", List.of("HardSigmoid", "Relu", "Tanh"))),
                        4,
                        4,
                        2,
                        5,
                        6));
    }

    private static Stream<Case> grus() {
        return Stream.of(
                random("GRU of one step", gru(Map.of()), 3, 1, 1, 64, 64),
                random("GRU of odd sizes", gru(Map.of()), 3, 5, 3, 7, 17),
                random("GRU, linear before reset", gru(Map.of("linear_before_reset", 1L)), 3, 5, 3, 7, 33),
                random("GRU in reverse", gru(Map.of("direction", "reverse")), 3, 5, 2, 3, 9),
                random(
                        "GRU in both directions",
                        gru(Map.of("direction", "bidirectional", "linear_before_reset", 1L)),
                        3,
                        6,
                        2,
                        4,
                        15),
                random("GRU, batch first", gru(Map.of("layout", 1L)), 3, 5, 5, 6, 7),
                random("GRU with a clip", gru(Map.of("clip", 0.3f)), 3, 4, 2, 5, 6));
    }

    /** Sizes that are multiples of nothing, a sequence without steps, and weights that the run gives. */
    private static Stream<Case> ragged() {
        LSTM both = lstm(Map.of("direction", "bidirectional", "layout", 1L));
        return Stream.of(
                ragged("LSTM", lstm(Map.of()), 4, DType.FLOAT32),
                ragged("LSTM in both directions, batch first", both, 4, DType.FLOAT32),
                ragged("LSTM", lstm(Map.of("direction", "reverse")), 4, DType.FLOAT16),
                ragged("LSTM", lstm(Map.of("clip", 1f)), 4, DType.BFLOAT16),
                ragged("LSTM, two steps at a time", new InPieces(both, 4), 4, DType.FLOAT32),
                ragged("GRU", gru(Map.of()), 3, DType.FLOAT32),
                ragged("GRU in both directions", gru(Map.of("direction", "bidirectional")), 3, DType.FLOAT16),
                ragged("GRU, linear before reset", gru(Map.of("linear_before_reset", 1L)), 3, DType.BFLOAT16),
                ragged("RNN in both directions", rnn(Map.of("direction", "bidirectional")), 1, DType.FLOAT32),
                ragged("RNN, batch first", rnn(Map.of("layout", 1L)), 1, DType.FLOAT16),
                ragged("RNN in reverse", rnn(Map.of("direction", "reverse")), 1, DType.BFLOAT16),
                ragged("RNN, two steps at a time", new InPieces(rnn(Map.of()), 1), 1, DType.FLOAT32),
                random("an LSTM's y alone", lstm(Map.of()), 4, 3, 1, 6, 50).outputs(1),
                Case.of("an LSTM's length outside", lstm(Map.of()))
                        .input(Data.normal(1, 3, 2, 4))
                        .constant(weights(2, 1, 20, 4))
                        .constant(weights(3, 1, 20, 5))
                        .absent()
                        .input(HostTensor.of(DType.INT32, Shape.of(2), 3, -1))
                        .rejects("length -1 of sequence 1 is outside [0, 3]"));
    }

    private static Case ragged(String name, TensorOperator operator, int gates, DType dtype) {
        return Case.of("ragged " + name + " of " + dtype, operator)
                .input(sequences(operator, dtype, 5, 3, 7))
                .input(weights(dtype, 2, directions(operator), gates * 37L, 7))
                .input(weights(dtype, 3, directions(operator), gates * 37L, 37))
                .input(weights(dtype, 4, directions(operator), 2L * gates * 37))
                .input(HostTensor.of(DType.INT32, Shape.of(3), 4, 0, 5))
                .input(state(operator, dtype, 6, 3, 37))
                .within(dtype == DType.FLOAT32 ? Tolerance.of(1e-5, 1e-5) : Tolerance.of(1e-2, 1e-2))
                .outputs(2);
    }

    /**
     * An operator whose kernel keeps the products of W for two steps at a time, as it does where there are very many.
     *
     * @param gates of the operator's cell
     */
    private record InPieces(TensorOperator operator, int gates) implements TensorOperator {
        @Override
        public List<TensorType> infer(InputTypes in) {
            return operator.infer(in);
        }

        @Override
        public void reference(Inputs in, List<HostTensor> out) {
            operator.reference(in, out);
        }

        @Override
        public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
            long ofAStep = out.get(1).shape().elements() * gates;
            String kernel = operator.name().toLowerCase(Locale.ROOT);
            return recurrence(operator).direct(kernel, in, gates, false, 2 * ofAStep);
        }
    }

    /** All inputs, weights as large as 1 / √hidden, and lengths below the number of steps. */
    private static Case random(
            String name, TensorOperator operator, int gates, long steps, long batch, long inputs, long hidden) {
        long directions = directions(operator);
        Case c = Case.of(name, operator)
                .input(sequences(operator, DType.FLOAT32, steps, batch, inputs))
                .constant(weights(2, directions, gates * hidden, inputs))
                .constant(weights(3, directions, gates * hidden, hidden))
                .constant(weights(4, directions, 2 * gates * hidden))
                .input(Data.integers(DType.INT32, 5, Math.min(1, steps), steps, batch))
                .input(state(operator, DType.FLOAT32, 6, batch, hidden))
                .within(Tolerance.of(1e-5, 1e-5));
        return gates == 3
                ? c.outputs(2)
                : c.input(state(operator, DType.FLOAT32, 7, batch, hidden))
                        .input(weights(8, directions, 3 * hidden))
                        .outputs(3);
    }

    private static Recurrence recurrence(TensorOperator operator) {
        if (operator instanceof InPieces pieces) {
            return recurrence(pieces.operator);
        }
        return operator instanceof LSTM lstm
                ? lstm.recurrence()
                : operator instanceof GRU gru ? gru.recurrence() : ((RNN) operator).recurrence();
    }

    private static long directions(TensorOperator operator) {
        return recurrence(operator).direction() == Direction.BIDIRECTIONAL ? 2 : 1;
    }

    private static HostTensor sequences(TensorOperator operator, DType dtype, long steps, long batch, long inputs) {
        boolean batchFirst = recurrence(operator).batchFirst();
        return Data.normal(dtype, 1, batchFirst ? batch : steps, batchFirst ? steps : batch, inputs);
    }

    private static HostTensor state(TensorOperator operator, DType dtype, long seed, long batch, long hidden) {
        boolean batchFirst = recurrence(operator).batchFirst();
        long directions = directions(operator);
        return Data.normal(dtype, seed, batchFirst ? batch : directions, batchFirst ? directions : batch, hidden);
    }

    private static HostTensor weights(long seed, long... sizes) {
        return weights(DType.FLOAT32, seed, sizes);
    }

    private static HostTensor weights(DType dtype, long seed, long... sizes) {
        double bound = 1 / Math.sqrt(sizes[sizes.length - 1]);
        return Data.uniform(dtype, seed, -bound, bound, sizes);
    }

    private static Stream<Case> rejections() {
        return Stream.of(
                Case.of("W of another size", lstm(Map.of()))
                        .input(Data.normal(1, 2, 1, 3))
                        .input(Data.normal(2, 1, 16, 5))
                        .input(Data.normal(3, 1, 16, 4))
                        .rejects("LSTM: W: expected float32[1, 16, 3], given float32[1, 16, 5]"),
                Case.of("one direction of two", gru(Map.of("direction", "bidirectional")))
                        .input(Data.normal(1, 2, 1, 3))
                        .input(Data.normal(2, 1, 12, 3))
                        .input(Data.normal(3, 1, 12, 4))
                        .rejects("GRU: W: expected float32[2, 12, 3]"));
    }

    private static LSTM lstm(Map<String, Object> attributes) {
        return LSTM.read(attributes(attributes));
    }

    private static RNN rnn(Map<String, Object> attributes) {
        return RNN.read(attributes(attributes));
    }

    private static GRU gru(Map<String, Object> attributes) {
        return GRU.read(attributes(attributes));
    }

    private static Attributes attributes(Map<String, Object> values) {
        return Attributes.of(14, values);
    }
}

package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import io.sardonyx.testkit.Tolerance;
import java.util.Map;
import java.util.stream.Stream;

/** BatchNormalization, InstanceNormalization, LRN, and the experimental ImageScaler and Affine. */
class BatchNormalizationTest extends OperatorTest {
    @Override
    protected Stream<Case> cases() {
        return Stream.of(batch(), instance(), response(), scaled()).flatMap(s -> s);
    }

    private static HostTensor row(double... values) {
        return HostTensor.of(DType.FLOAT32, Shape.of(values.length), values);
    }

    private static Case batch(String name, Operator operator, HostTensor x, HostTensor... parameters) {
        Case c = Case.of(name, operator).input(x);
        Stream.of(parameters).forEach(c::constant);
        return c;
    }

    private static Stream<Case> batch() {
        Operator inference = BatchNormalization.read(Attributes.of(15, Map.of("epsilon", 0f)));
        Operator training = BatchNormalization.read(
                Attributes.of(14, 3, Map.of("epsilon", 0f, "momentum", 0.5f, "training_mode", 1L)));
        Operator old = BatchNormalization.read(Attributes.of(7, 5, Map.of("epsilon", 0f, "momentum", 0.5f)));
        HostTensor x = HostTensor.of(DType.FLOAT32, Shape.of(2, 1, 2), 1, 3, 5, 7);
        HostTensor y = HostTensor.of(
                DType.FLOAT32,
                Shape.of(2, 1, 2),
                -3 / Math.sqrt(5),
                -1 / Math.sqrt(5),
                1 / Math.sqrt(5),
                3 / Math.sqrt(5));
        HostTensor[] four = {
            Data.normal(2, 5), Data.normal(3, 5), Data.normal(4, 5), Data.uniform(DType.FLOAT32, 5, 0.5, 2, 5)
        };
        Operator perElement = new BatchNormalization(1e-5f, 0.9f, false, false);
        return Stream.of(
                batch("(x - mean) / deviation * scale + bias", inference, x, row(3), row(1), row(2), row(4))
                        .expect(HostTensor.of(DType.FLOAT32, Shape.of(2, 1, 2), -.5, 2.5, 5.5, 8.5)),
                batch("training", training, x, row(1), row(0), row(2), row(1)).expect(y, row(3), row(3)),
                batch("training before opset 14", old, x, row(1), row(0), row(2), row(1))
                        .expect(y, row(3), row(3), row(4), row(5)),
                batch("images", inference, Data.normal(1, 2, 5, 7, 9), four),
                batch("vectors", inference, Data.normal(1, 9, 5), four),
                batch("volumes", inference, Data.normal(1, 2, 5, 2, 3, 4), four),
                batch("no samples", inference, Data.normal(1, 0, 5, 3), four),
                batch(
                        "every element on its own",
                        perElement,
                        Data.normal(1, 3, 2, 2),
                        Data.normal(2, 2, 2),
                        Data.normal(3, 2, 2),
                        Data.normal(4, 2, 2),
                        Data.uniform(DType.FLOAT32, 5, 1, 2, 2, 2)),
                batch("float16 with float32 statistics", inference, Data.normal(DType.FLOAT16, 1, 2, 5, 3), four),
                batch("rejects statistics of another length", inference, Data.normal(1, 2, 4), four)
                        .rejects("BatchNormalization: input 1 of X, scale, bias, mean, variance"));
    }

    private static Stream<Case> instance() {
        InstanceNormalization exact = new InstanceNormalization(0);
        InstanceNormalization operator = new InstanceNormalization(1e-5f);
        return Stream.of(
                Case.of("each plane by itself", exact)
                        .input(HostTensor.of(DType.FLOAT32, Shape.of(1, 2, 2), 1, 3, 10, 30))
                        .input(row(1, 2))
                        .input(row(0, 5))
                        .expect(HostTensor.of(DType.FLOAT32, Shape.of(1, 2, 2), -1, 1, 3, 7)),
                Case.of("images of style transfer", operator)
                        .input(Data.normal(1, 2, 3, 33, 41))
                        .input(Data.normal(2, 3))
                        .input(Data.normal(3, 3))
                        .within(Tolerance.of(1e-5, 1e-5)),
                Case.of("a large mean does not cancel", operator)
                        .input(Data.uniform(DType.FLOAT32, 1, 10000, 10001, 1, 2, 999))
                        .input(Data.normal(2, 2))
                        .input(Data.normal(3, 2))
                        .within(Tolerance.of(1e-4, 1e-4)),
                Case.of("no elements", operator)
                        .input(Data.normal(1, 1, 2, 0))
                        .input(row(1, 1))
                        .input(row(1, 1)),
                Case.of("rejects scales of another length", operator)
                        .input(Data.normal(1, 1, 2, 3))
                        .input(row(1))
                        .input(row(1, 1))
                        .rejects("InstanceNormalization: input 1"));
    }

    private static Stream<Case> response() {
        LRN three = new LRN(3, 3, 1, 1);
        return Stream.of(
                Case.of("squares of neighbouring channels", three)
                        .input(HostTensor.of(DType.FLOAT32, Shape.of(1, 3, 1), 1, 2, 3))
                        .expect(HostTensor.of(DType.FLOAT32, Shape.of(1, 3, 1), 1 / 6., 2 / 15., 3 / 14.)),
                Case.of("an even size looks further ahead", new LRN(2, 2, 1, 1))
                        .input(HostTensor.of(DType.FLOAT32, Shape.of(1, 2, 1), 1, 2))
                        .expect(HostTensor.of(DType.FLOAT32, Shape.of(1, 2, 1), 1 / 6., 2 / 5.)),
                Case.of("AlexNet's", LRN.read(Attributes.of(13, Map.of("size", 5L, "alpha", 1e-1f))))
                        .input(Data.normal(1, 2, 9, 7, 5)),
                Case.of("rejects a size of 0", new LRN(0, 1, 1, 1))
                        .input(Data.normal(1, 1, 2))
                        .rejects("LRN: expected a size of 1 or more"));
    }

    private static Stream<Case> scaled() {
        return Stream.of(
                Case.of("ImageScaler", new ImageScaler(2, java.util.List.of(1f, -1f)))
                        .input(HostTensor.of(DType.FLOAT32, Shape.of(1, 2, 1, 2), 1, 2, 3, 4))
                        .expect(HostTensor.of(DType.FLOAT32, Shape.of(1, 2, 1, 2), 3, 5, 5, 7)),
                Case.of("ImageScaler of an image", new ImageScaler(.5f, java.util.List.of(1f, 2f, 3f)))
                        .input(Data.normal(1, 2, 3, 17, 19)),
                Case.of("ImageScaler rejects other channels", new ImageScaler(.5f, java.util.List.of(1f)))
                        .input(Data.normal(1, 2, 3, 17, 19))
                        .rejects("ImageScaler: expected a float tensor [N, 1, H, W]"),
                Case.of("Affine", new Affine(2, 1)).input(row(1, Float.NaN, -3)).expect(row(3, Float.NaN, -5)),
                Case.of("Affine in float64", new Affine(2, 1)).input(Data.normal(DType.FLOAT64, 1, 3)));
    }
}

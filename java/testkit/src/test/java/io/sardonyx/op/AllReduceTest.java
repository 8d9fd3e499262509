package io.sardonyx.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.OperatorTest;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What one rank can tell of it: types, and what is refused. Sums are the matter of {@code java/parallel}'s tests. */
class AllReduceTest extends OperatorTest {
    @Override
    protected Stream<Case> cases() {
        HostTensor integers = HostTensor.of(Shape.of(2), 1, 2);
        return Stream.of(
                Case.of("a mean of integers", new AllReduce("MEAN"))
                        .input(integers)
                        .rejects("no MEAN of int64[2]"),
                Case.of("bytes", new AllReduce("SUM"))
                        .input(HostTensor.of(DType.UINT8, Shape.of(1), 1))
                        .rejects("no SUM of uint8[1]"),
                Case.of("text", new AllReduce("MAX"))
                        .input(HostTensor.of(Shape.of(1), "a"))
                        .rejects("no MAX of string[1]"));
    }

    @Test
    void theTypeStays() {
        TensorType type = TensorType.of(DType.BFLOAT16, 2, 3);
        assertEquals(List.of(type), new AllReduce("MEAN").infer(InputTypes.of(type)));
    }

    @Test
    void reductionsByName() {
        assertEquals(new AllReduce("SUM"), AllReduce.read(Attributes.of(1, Map.of())));
        assertEquals(new AllReduce("MIN"), AllReduce.read(Attributes.of(1, Map.of("reduction", "MIN"))));
        var refused = assertThrows(
                IllegalArgumentException.class, () -> AllReduce.read(Attributes.of(1, Map.of("reduction", "AVG"))));
        assertEquals("AllReduce: reduction: expected SUM, PRODUCT, MIN, MAX or MEAN, given AVG", refused.getMessage());
    }
}

package io.sardonyx.parallel;

import io.sardonyx.onnx.graph.Node;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One way in which a node can be split: which axis of each of its inputs and outputs is cut. Operands without one are whole on every
 * rank.
 *
 * @param summed the outputs are sums over the axis that is cut: a rank has a part of each sum
 */
record Factor(List<Optional<Layout>> inputs, List<Optional<Layout>> outputs, boolean summed) {
    Factor {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /** By the numbers of inputs and outputs. */
    static Factor of(Node node, Map<Integer, Layout> inputs, Map<Integer, Layout> outputs) {
        return new Factor(
                list(node.inputs().size(), inputs), list(node.outputs().size(), outputs), false);
    }

    private static List<Optional<Layout>> list(int count, Map<Integer, Layout> layouts) {
        List<Optional<Layout>> list = new ArrayList<>(Collections.nCopies(count, Optional.empty()));
        layouts.forEach((i, layout) -> {
            if (i < count) {
                list.set(i, Optional.of(layout));
            }
        });
        return list;
    }

    Factor sum() {
        return new Factor(inputs, outputs, true);
    }

    /** This for a {@code value} of the node that lies so; empty if this splits it otherwise, or not at all. */
    Optional<Factor> where(Node node, String value, Layout layout) {
        boolean found = false;
        for (int i = 0; i < inputs.size() + outputs.size(); i++) {
            boolean input = i < inputs.size();
            int at = input ? i : i - inputs.size();
            if ((input ? node.input(at) : node.output(at)).equals(value)) {
                Optional<Layout> here = (input ? inputs : outputs).get(at);
                if (here.isEmpty() || !accepts(here.get(), layout)) {
                    return Optional.empty();
                }
                found = true;
            }
        }
        return found
                ? Optional.of(new Factor(filled(inputs, layout), filled(outputs, layout), summed))
                : Optional.empty();
    }

    private static boolean accepts(Layout here, Layout layout) {
        return here.axis() == layout.axis()
                && (here.parts().isEmpty() || here.parts().equals(layout.parts()));
    }

    private static List<Optional<Layout>> filled(List<Optional<Layout>> layouts, Layout with) {
        return layouts.stream()
                .map(layout -> layout.map(l -> l.parts().isEmpty() ? new Layout(l.axis(), with.parts()) : l))
                .toList();
    }
}

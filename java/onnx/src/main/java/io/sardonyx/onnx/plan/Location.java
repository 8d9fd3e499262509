package io.sardonyx.onnx.plan;

import io.sardonyx.device.Program;

/** Where a run finds a value. */
sealed interface Location {
    /** In memory: an offset behind one of the run's base addresses. */
    record InMemory(Program.Place place) implements Location {}

    /** On the Java heap, as an object in the run's table of host values: strings, sequences, results of dynamic operators. */
    record OnHeap() implements Location {}

    /** Known when the plan was made; part of the plan. */
    record Known() implements Location {}
}

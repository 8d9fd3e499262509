package io.sardonyx.bench.contender;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_FROM;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_TO;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_execute;

import io.sardonyx.bench.contender.OneDnnPrimitive.Argument;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.BytePointer;

/**
 * One {@link OneDnnPrimitive} on memory of its own. What oneDNN wants to lie otherwise is reordered: constants once, other operands before
 * and the result behind the primitive in every call. It calls C's interface, whose arguments are made once.
 */
final class OneDnnCall implements Call {
    private final engine cpu;
    private final stream stream;
    private final TensorType type;
    private final List<memory> memories = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();
    private final memory result;

    /** Holds what it names, which JavaCPP would free. */
    private record Step(primitive primitive, List<memory> memories, dnnl_exec_arg_t arguments) {
        static Step of(primitive primitive, List<Integer> indices, List<memory> memories) {
            var arguments = new dnnl_exec_arg_t(indices.size());
            for (int i = 0; i < indices.size(); i++) {
                arguments.position(i).arg(indices.get(i)).memory(memories.get(i).get());
            }
            return new Step(primitive, memories, arguments.position(0));
        }

        void run(stream stream) {
            int status = dnnl_primitive_execute(primitive.get(), stream.get(), memories.size(), arguments);
            if (status != 0) {
                throw new IllegalStateException("oneDNN: a primitive ended with status " + status);
            }
        }
    }

    OneDnnCall(engine cpu, OneDnnPrimitive way, List<HostTensor> inputs, TensorType type) {
        this.cpu = cpu;
        this.type = type;
        stream = new stream(cpu);
        List<Integer> indices = new ArrayList<>();
        List<memory> arguments = new ArrayList<>();
        for (int i = 0; i < way.inputs().size(); i++) {
            indices.add(way.inputs().get(i).index());
            arguments.add(input(way.inputs().get(i), inputs.get(i)));
        }
        indices.add(way.output().index());
        memory computed = memory(way.output().wanted());
        arguments.add(computed);
        steps.add(Step.of(way.primitive(), indices, arguments));
        if (way.output().needsReorder()) {
            result = memory(way.output().given());
            steps.add(reorder(computed, result));
        } else {
            result = computed;
        }
    }

    /** Where the primitive finds an operand. */
    private memory input(Argument argument, HostTensor value) {
        memory given = memory(argument.given());
        bytes(given).put(value.data());
        if (!argument.needsReorder()) {
            return given;
        }
        memory wanted = memory(argument.wanted());
        Step step = reorder(given, wanted);
        if (argument.constant()) {
            step.run(stream);
            stream._wait();
        } else {
            steps.add(step);
        }
        return wanted;
    }

    private static Step reorder(memory from, memory to) {
        return Step.of(new reorder(from, to), List.of(DNNL_ARG_FROM, DNNL_ARG_TO), List.of(from, to));
    }

    private memory memory(memory.desc description) {
        memory made = new memory(description, cpu);
        memories.add(made);
        return made;
    }

    private static ByteBuffer bytes(memory memory) {
        return new BytePointer(memory.get_data_handle())
                .capacity(memory.get_desc().get_size())
                .asByteBuffer();
    }

    @Override
    public void run() {
        for (Step step : steps) {
            step.run(stream);
        }
        stream._wait();
    }

    @Override
    public HostTensor output() {
        return HostTensor.wrap(type, bytes(result)).copy();
    }

    @Override
    public void close() {
        memories.forEach(memory::deallocate);
        stream.deallocate();
    }
}

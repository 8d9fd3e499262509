package io.sardonyx.bench.contender;

import io.sardonyx.bench.define.Problem;
import io.sardonyx.tensor.HostTensor;
import java.util.List;
import java.util.Optional;
import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.openblas.presets.openblas_nolapack.SetNumThreads;

/** oneDNN on the CPU: one primitive for each problem, in {@link OneDnnPrimitives}. */
final class OneDnnLibrary implements Library {
    @Override
    public Optional<String> absence() {
        try {
            Loader.load(dnnl.class);
            Loader.load(SetNumThreads.class);
            return Optional.empty();
        } catch (LinkageError e) {
            return Optional.of("does not load (" + e.getMessage() + "); add org.bytedeco:dnnl, opencl and openblas,"
                    + " also with the classifier linux-x86_64, to the class path");
        }
    }

    /** With the instruction set that it chose for this processor. */
    @Override
    public String version() {
        dnnl_version_t version = dnnl.dnnl_version();
        return version.major() + "." + version.minor() + "." + version.patch() + " ("
                + dnnl.get_effective_cpu_isa().intern() + ")";
    }

    @Override
    public Call open(Problem problem, List<HostTensor> inputs, Setting setting) {
        setting.requireCpu();
        setThreads(setting.threads());
        engine cpu = new engine(engine.kind.cpu, 0);
        List<OneDnnPrimitive> ways = new OneDnnPrimitives(cpu, problem).all();
        return FastestCall.of(ways.stream()
                .<Call>map(way -> new OneDnnCall(cpu, way, inputs, problem.output()))
                .toList());
    }

    /** oneDNN leaves that to OpenMP, whose function no binding has; OpenBLAS's binding calls any address that takes a number. */
    private static void setThreads(int threads) {
        Pointer function = Loader.addressof("omp_set_num_threads");
        if (function == null) {
            throw new IllegalStateException("this build of oneDNN does not use OpenMP; its threads cannot be set");
        }
        try (PointerPointer<Pointer> callee = new PointerPointer<>(function, null)) { // as JavaCPP holds a function
            new SetNumThreads(callee).call(threads);
        }
    }
}

package io.sardonyx.bench.device;

import io.sardonyx.bench.ConvLayer;
import io.sardonyx.tensor.DType;

/** What a workload is to a library of NVIDIA. */
public sealed interface Rival {
    DType dtype();

    /** As one line for the library's process. */
    String words();

    /** {@code [m, k] · [k, n]}, for cuBLAS. */
    record Product(DType dtype, long m, long n, long k) implements Rival {
        @Override
        public String words() {
            return dtype.name() + " " + m + " " + n + " " + k;
        }

        static Product parse(String words) {
            String[] parts = words.split(" ");
            return new Product(
                    DType.valueOf(parts[0]),
                    Long.parseLong(parts[1]),
                    Long.parseLong(parts[2]),
                    Long.parseLong(parts[3]));
        }
    }

    /** A layer for so many images, for cuDNN: without bias and activation. */
    record Convolution(DType dtype, long batch, ConvLayer layer) implements Rival {
        @Override
        public String words() {
            return dtype.name() + " " + batch + " " + layer.words();
        }

        static Convolution parse(String words) {
            String[] parts = words.split(" ", 3);
            return new Convolution(DType.valueOf(parts[0]), Long.parseLong(parts[1]), ConvLayer.parse(parts[2]));
        }
    }

    /** A sum of float32 between virtual ranks, for NCCL. */
    record AllReduce(int ranks, long bytes) implements Rival {
        @Override
        public DType dtype() {
            return DType.FLOAT32;
        }

        @Override
        public String words() {
            return ranks + " " + bytes;
        }

        static AllReduce parse(String words) {
            String[] parts = words.split(" ");
            return new AllReduce(Integer.parseInt(parts[0]), Long.parseLong(parts[1]));
        }
    }
}

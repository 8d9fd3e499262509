package io.sardonyx.op;

import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;

/**
 * The determinant of each square matrix of x {@code [..., M, M]}, by elimination with partial pivoting in double; ONNX Det,
 * opsets 11 and 22. The determinant of an empty matrix is 1.
 */
public record Det() implements TensorOperator {
    static Det read(Attributes attributes) {
        return new Det();
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        Shape shape = in.shape(0);
        int rank = shape.rank();
        if (!in.dtype(0).isFloat() || rank < 2 || shape.size(rank - 1) != shape.size(rank - 2)) {
            throw new IllegalArgumentException("Det: expected square matrices of floats, given " + in.get(0));
        }
        return List.of(in.get(0).with(shape.slice(0, rank - 2)));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor x = in.get(0);
        int m = (int) x.shape().size(-1 + x.shape().rank());
        for (int matrix = 0; matrix < out.get(0).size(); matrix++) {
            double[][] a = new double[m][m];
            for (int i = 0; i < m * m; i++) {
                a[i / m][i % m] = x.getDouble(matrix * m * m + i);
            }
            out.get(0).set(matrix, determinant(a));
        }
    }

    private static double determinant(double[][] a) {
        double product = 1;
        for (int k = 0; k < a.length; k++) {
            int pivot = k;
            for (int i = k + 1; i < a.length; i++) {
                pivot = Math.abs(a[i][k]) > Math.abs(a[pivot][k]) ? i : pivot;
            }
            if (pivot != k) {
                double[] row = a[k];
                a[k] = a[pivot];
                a[pivot] = row;
                product = -product;
            }
            product *= a[k][k];
            for (int i = k + 1; i < a.length && a[k][k] != 0; i++) {
                double factor = a[i][k] / a[k][k];
                for (int j = k; j < a.length; j++) {
                    a[i][j] -= factor * a[k][j];
                }
            }
        }
        return product;
    }
}

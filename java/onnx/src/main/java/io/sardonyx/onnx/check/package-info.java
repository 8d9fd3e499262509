/**
 * Runs models against stored inputs and outputs, in the folder layout of the ONNX backend tests: {@code model.onnx} beside
 * {@code test_data_set_N/input_K.pb} and {@code output_K.pb}.
 */
package io.sardonyx.onnx.check;

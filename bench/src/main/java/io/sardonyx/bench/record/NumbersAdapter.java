package io.sardonyx.bench.record;

import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Samples and turns, of which a record has thousands: a list takes one line. */
final class NumbersAdapter extends TypeAdapter<List<Double>> {
    @Override
    public void write(JsonWriter out, List<Double> numbers) throws IOException {
        out.jsonValue(numbers.stream().map(String::valueOf).collect(Collectors.joining(", ", "[", "]")));
    }

    @Override
    public List<Double> read(JsonReader in) throws IOException {
        List<Double> numbers = new ArrayList<>();
        in.beginArray();
        while (in.hasNext()) {
            numbers.add(in.nextDouble());
        }
        in.endArray();
        return numbers;
    }
}

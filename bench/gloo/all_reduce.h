// Gloo's own ring over floats, as its examples call it.
#pragma once
#include <gloo/allreduce.h>
#include <gloo/math.h>

#include <memory>
#include <vector>

inline void all_reduce(const std::shared_ptr<gloo::Context>& context, std::vector<float>& data,
                       int tag) {
  gloo::AllreduceOptions options(context);
  options.setOutput(data.data(), data.size());
  options.setTag(tag);
  void (*sum)(void*, const void*, const void*, size_t) = &gloo::sum<float>;
  options.setReduceFunction(sum);
  options.setAlgorithm(gloo::AllreduceOptions::Algorithm::RING);
  gloo::allreduce(options);
}

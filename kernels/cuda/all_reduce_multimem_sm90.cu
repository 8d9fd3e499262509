// all_reduce_multimem.*: every rank's out becomes the sum, or the mean, of every rank's in (in may
// be out), where the switch between the GPUs adds up: rank r asks it for the sums of its share, 16
// bytes in one load that reaches all copies, and stores them to all copies in one store. The ranks
// meet before and after. Tensors lie in memory with a multicast address, which the driver makes of
// the ranks' pieces; here only the simulated GPUs have it. The switch adds in an order of its own,
// but each element is added once, so that all ranks get the same bits. Not yet measured on a GPU;
// bound: S (1 + 1 / R) over each link. As NCCL's RSxLDMC_AGxSTMC; the idea alone.
#include "cuda/collective.h"
#include "cuda/device/multimem.h"
#include "cuda/hopper.h"

namespace sx::cuda {
namespace {

template <class T>
constexpr int kWide = 16 / int(sizeof(T));

template <class T>
__global__ void __launch_bounds__(kCollectiveThreads)
    multimem_kernel(const __grid_constant__ Ranks<T> all, const T* in, T* out) {
  if (!meet(all, 0)) return;
  const int64_t packs = all.count / kWide<T>;
  const int64_t first = packs * all.rank / all.ranks, end = packs * (all.rank + 1) / all.ranks;
  const int64_t stride = int64_t(gridDim.x) * kCollectiveThreads;
  for (int64_t i = first + int64_t(blockIdx.x) * kCollectiveThreads + threadIdx.x; i < end;
       i += stride) {
    Multi<T> sum = multimem_sum(in + i * kWide<T>);
    if (all.reduction == Reduction::kMean)
      for (int k = 0; k < kWide<T>; k++)
        sum[k] = store_as<T>(load_as(sum[k]) / Compute<T>(all.divisor));
    multimem_store(out + i * kWide<T>, sum);
  }
  fence<Scope::kSystem>();
  meet(all, 1);
}

// An address that stands for the ranks' tensors.
template <class T>
T* multicast(T* const (&copies)[kMostRanks], int ranks, int64_t count) {
#ifdef SX_SIM
  std::vector<void*> all;
  for (int r = 0; r < ranks; r++) all.push_back(const_cast<std::remove_const_t<T>*>(copies[r]));
  return static_cast<T*>(sim::multicast_of(all, size_t(count) * sizeof(T)));
#else
  throw Unsupported("multimem wants memory with a multicast address, of " + std::to_string(count) +
                    " elements on " + std::to_string(ranks) + " GPUs; " +
                    (copies[0] ? "these tensors have none" : "there is none"));
#endif
}

template <class T>
void multimem(const Arguments& args) {
  const auto p = collective_params(args);
  const Ranks<T> all(args, p);
  if (!all.aligned(16) || all.count % kWide<T> != 0)
    throw std::invalid_argument("multimem wants whole words of 16 bytes, not " +
                                std::to_string(all.count) + " elements");
  if (all.reduction != Reduction::kSum && all.reduction != Reduction::kMean)
    throw std::invalid_argument("multimem adds; reduction " + std::to_string(p.reduction) +
                                " is something else");
  launch(args, multimem_kernel<T>, collective_grid(p), all, multicast(all.in, all.ranks, all.count),
         multicast(all.out, all.ranks, all.count));
}

SX_HOPPER_KERNEL("all_reduce_multimem.f32", multimem<float>);
SX_HOPPER_KERNEL("all_reduce_multimem.f16", multimem<half>);
SX_HOPPER_KERNEL("all_reduce_multimem.bf16", multimem<bfloat16>);

}  // namespace
}  // namespace sx::cuda

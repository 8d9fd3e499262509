// Messages that carry their own flags: a word of 4 bytes and the number of the step are one store
// of 8 bytes, which nobody can see half of. A piece is 8 bytes of a tensor, two such words. The
// slots of a rank lie behind its workspace: for each of two turns and each sender room for the
// longest message.
#pragma once
#include "cuda/collective.h"

namespace sx::cuda {

constexpr int64_t kOneShotBytes = int64_t{1} << 18;  // of the longest message
constexpr int64_t kPieces = kOneShotBytes / 8;

template <class T>
constexpr int kPieceElements = 8 / int(sizeof(T));

template <class T>
void require_short(const Ranks<T>& all) {
  if (all.count * int64_t(sizeof(T)) > kOneShotBytes)
    throw std::invalid_argument("one shot carries " + std::to_string(kOneShotBytes) +
                                " bytes, not " + std::to_string(all.count * int64_t(sizeof(T))));
}

// Both words of piece i in what `sender` writes to `reader`.
template <class T>
__device__ __forceinline__ uint64_t* slot(const Ranks<T>& all, int reader, int sender, int64_t i) {
  auto* slots = reinterpret_cast<uint64_t*>(all.space[reader] + 1);
  const int64_t turn = int64_t(all.step % 2);
  return slots + ((turn * all.ranks + sender) * kPieces + i) * 2;
}

template <class T>
__device__ __forceinline__ Packed<T, kPieceElements<T>> load_piece(const T* x, int64_t i,
                                                                   int64_t count) {
  constexpr int N = kPieceElements<T>;
  if ((i + 1) * N <= count && reinterpret_cast<uintptr_t>(x) % 8 == 0)
    return load_packed<N>(x + i * N);
  Packed<T, N> piece{};
#pragma unroll
  for (int k = 0; k < N; k++)
    if (i * N + k < count) piece[k] = x[i * N + k];
  return piece;
}

template <class T>
__device__ __forceinline__ void store_piece(T* x, int64_t i, int64_t count,
                                            const Packed<T, kPieceElements<T>>& piece) {
  constexpr int N = kPieceElements<T>;
  if ((i + 1) * N <= count && reinterpret_cast<uintptr_t>(x) % 8 == 0)
    return store_packed(x + i * N, piece);
#pragma unroll
  for (int k = 0; k < N; k++)
    if (i * N + k < count) x[i * N + k] = piece[k];
}

// Piece i of this rank, to all others.
template <class T>
__device__ __forceinline__ void send(const Ranks<T>& all, int64_t i,
                                     const Packed<T, kPieceElements<T>>& piece) {
  const uint64_t tag = all.step << 32;
  uint32_t words[2];
  memcpy(words, &piece, sizeof words);
  for (int d = 1; d < all.ranks; d++) {
    uint64_t* to = slot(all, (all.rank + d) % all.ranks, all.rank, i);
    store_relaxed<Scope::kSystem>(to, tag | words[0]);
    store_relaxed<Scope::kSystem>(to + 1, tag | words[1]);
  }
}

// Waits for piece i of `sender`; false at the deadline.
template <class T>
__device__ __forceinline__ bool receive(const Ranks<T>& all, int sender, int64_t i,
                                        const Deadline& deadline,
                                        Packed<T, kPieceElements<T>>& piece) {
  const uint64_t* from = slot(all, all.rank, sender, i);
  uint32_t words[2];
#pragma unroll
  for (int k = 0; k < 2; k++) {
    uint64_t word = load_relaxed<Scope::kSystem>(from + k);
    while (uint32_t(word >> 32) != uint32_t(all.step)) {
      if (deadline.has_passed()) {
        miss(all, sender);
        return false;
      }
      word = load_relaxed<Scope::kSystem>(from + k);
    }
    words[k] = uint32_t(word);
  }
  memcpy(&piece, words, sizeof words);
  return true;
}

// Piece i of all ranks become one; this rank's own is read where it was.
template <class T>
__device__ __forceinline__ bool receive_reduced(const Ranks<T>& all, int64_t i,
                                                const Deadline& deadline,
                                                Packed<T, kPieceElements<T>>& result) {
  constexpr int N = kPieceElements<T>;
  Packed<T, N> pieces[kMostRanks];
#pragma unroll
  for (int r = 0; r < kMostRanks; r++) {
    if (r >= all.ranks) break;
    if (r == all.rank)
      pieces[r] = load_piece(all.in[r], i, all.count);
    else if (!receive(all, r, i, deadline, pieces[r]))
      return false;
  }
  result = reduce_packs(pieces, all.reduction, all.ranks);
  return true;
}

}  // namespace sx::cuda

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
  uint64_t bits;
  memcpy(&bits, &piece, sizeof bits);
  for (int d = 1; d < all.ranks; d++) {
    uint64_t* to = slot(all, (all.rank + d) % all.ranks, all.rank, i);
    store_relaxed<Scope::kSystem>(to, tag | uint32_t(bits));
    store_relaxed<Scope::kSystem>(to + 1, tag | bits >> 32);
  }
}

// Both words of piece i from one rank.
struct Message {
  uint64_t words[2];
  __device__ bool is_of(uint32_t tag) const {
    return uint32_t(words[0] >> 32) == tag && uint32_t(words[1] >> 32) == tag;
  }
};

// Waits for piece i of all ranks, asking all of them at once; this rank's own is not among them.
// False at the deadline.
template <class T>
__device__ __forceinline__ bool receive(const Ranks<T>& all, int64_t i, const Deadline& deadline,
                                        Message (&messages)[kMostRanks]) {
  const auto tag = uint32_t(all.step);
  while (true) {
    bool there = true;
#pragma unroll
    for (int r = 0; r < kMostRanks; r++)
      if (r < all.ranks && r != all.rank) {
        const uint64_t* from = slot(all, all.rank, r, i);
        messages[r] = {load_relaxed<Scope::kSystem>(from), load_relaxed<Scope::kSystem>(from + 1)};
      }
#pragma unroll
    for (int r = 0; r < kMostRanks; r++)
      if (r < all.ranks && r != all.rank) there = there && messages[r].is_of(tag);
    if (there) return true;
    if (!deadline.has_passed()) continue;
#pragma unroll
    for (int r = 0; r < kMostRanks; r++)
      if (r < all.ranks && r != all.rank && !messages[r].is_of(tag)) miss(all, r);
    return false;
  }
}

// Piece i of all ranks become one; this rank's own is read where it was.
template <class T>
__device__ __forceinline__ bool receive_reduced(const Ranks<T>& all, int64_t i,
                                                const Deadline& deadline,
                                                Packed<T, kPieceElements<T>>& result) {
  Packed<T, kPieceElements<T>> pieces[kMostRanks];
  Message messages[kMostRanks] = {};
  const bool there = receive(all, i, deadline, messages);
  const auto own = load_piece(all.in[all.rank], i, all.count);
#pragma unroll
  for (int r = 0; r < kMostRanks; r++) {
    const uint64_t bits = messages[r].words[1] << 32 | uint32_t(messages[r].words[0]);
    Packed<T, kPieceElements<T>> theirs;
    memcpy(&theirs, &bits, sizeof bits);
    pieces[r] = r == all.rank ? own : theirs;
  }
  result = reduce_packs(all, pieces);
  return there;
}

}  // namespace sx::cuda

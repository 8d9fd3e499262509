// strided_copy.bN: target[to + sum of i * target stride] = source[from + sum of i * source stride],
// over all [i, j, ...] below the sizes: Transpose, Slice, Expand, Tile, and views of tensors.
// Four ways, by what the source does along the axis in which the target is dense: it is dense too
// (copies of runs); it stands still (fills); another of its axes is the dense one (blocks are
// transposed in registers, a cache line wide both ways); anything else (a plain loop).
// Transposing float32 on an AMD EPYC (Zen 4, AVX-512, one thread), median of 31, read and written:
// 256 x 256 54 GB/s, 2048 x 2048 18 GB/s; without the buffer of transpose_tile 35 and 4.
#include "move.h"
#include "simd/transpose.h"

namespace sx::SX_ISA {
namespace {

struct Params {
  int64_t rank;
  int64_t from, to;  // elements; where [0, 0, ...] lies
  int64_t sizes[SX_MAX_RANK];
  int64_t source[SX_MAX_RANK];  // strides in elements
  int64_t target[SX_MAX_RANK];

  void swap(int64_t a, int64_t b) {
    std::swap(sizes[a], sizes[b]);
    std::swap(source[a], source[b]);
    std::swap(target[a], target[b]);
  }
  int64_t elements() const {
    int64_t n = 1;
    for (int64_t d = 0; d < rank; d++) n *= sizes[d];
    return n;
  }
};

void require_inside(const char* what, int64_t size, int64_t start, const Params& p,
                    const int64_t* strides) {
  __int128 lowest = start, highest = start;
  for (int64_t d = 0; d < p.rank; d++) {
    const __int128 reach = __int128(p.sizes[d] - 1) * strides[d];
    (reach < 0 ? lowest : highest) += reach;
  }
  if (lowest < 0 || highest >= size)
    throw std::invalid_argument(std::string("the ") + what + " reaches outside its tensor");
}

// Calls row(from, to, n) for all rows along the last axis. Long rows may be cut, so that a few of
// them keep all threads busy.
template <class T, class Row>
void for_rows(const Arguments& args, const Params& p, const T* source, T* target, Row row) {
  const int64_t last = p.rank - 1, n = p.sizes[last];
  if (n * int64_t(sizeof(T)) >= kBytesPerThread / 16) {
    args.parallel(p.elements(), grain_of(sizeof(T)), [&](int64_t begin, int64_t end, int) {
      walk(p.rank, p.sizes, p.source, p.target, begin, end,
           [&](int64_t from, int64_t to, int64_t part) { row(source + from, target + to, part); });
    });
    return;
  }
  const int64_t source_step = last > 0 ? p.source[last - 1] : 0;
  const int64_t target_step = last > 0 ? p.target[last - 1] : 0;
  args.parallel(p.elements() / n, grain_of(n * sizeof(T)), [&](int64_t begin, int64_t end, int) {
    walk(last, p.sizes, p.source, p.target, begin, end,
         [&](int64_t from, int64_t to, int64_t rows) {
           for (int64_t r = 0; r < rows; r++)
             row(source + from + r * source_step, target + to + r * target_step, n);
         });
  });
}

// A row with these strides; constant ones let the compiler use its shuffles.
template <class T, class S, class D>
void strided_rows(const Arguments& args, const Params& p, const T* source, T* target, S s, D d) {
  for_rows(args, p, source, target, [=](const T* __restrict from, T* __restrict to, int64_t n) {
    for (int64_t i = 0; i < n; i++) to[i * d] = from[i * s];
  });
}

template <class T>
void any_rows(const Arguments& args, Params p, const T* source, T* target) {
  // A short last axis would leave little but the loop around it.
  const int64_t last = p.rank - 1;
  if (p.sizes[last] < 8) p.swap(last, std::max_element(p.sizes, p.sizes + p.rank) - p.sizes);
  const int64_t s = p.source[last], d = p.target[last];
  const std::integral_constant<int64_t, 1> one;
  const std::integral_constant<int64_t, 2> two;
  const std::integral_constant<int64_t, -1> back;
  if (d == 1 && s == 2)
    strided_rows(args, p, source, target, two, one);
  else if (d == 1 && s == -1)
    strided_rows(args, p, source, target, back, one);
  else if (d == 1)
    strided_rows(args, p, source, target, s, one);
  else if (s == 1)
    strided_rows(args, p, source, target, one, d);
  else
    strided_rows(args, p, source, target, s, d);
}

// to[j * to_step + i] = from[i * from_step + j] for i < rows, j < columns, at most a cache line
// each.
template <class T>
void transpose_tile(const T* from, int64_t from_step, T* to, int64_t to_step, int64_t rows,
                    int64_t columns) {
  constexpr int64_t kSide = Block<T>::kSide, kLine = 64 / sizeof(T);
  if (rows == kLine && columns == kLine) {
    // Through a buffer, so that each line of the target is written once: rows that are a power of
    // two apart fight for the same places in the cache.
    alignas(64) T buffer[kLine * kLine];
    for (int64_t i = 0; i < kLine; i += kSide)
      for (int64_t j = 0; j < kLine; j += kSide)
        Block<T>::transpose(from + i * from_step + j, from_step, buffer + j * kLine + i, kLine);
    for (int64_t j = 0; j < kLine; j++) __builtin_memcpy(to + j * to_step, buffer + j * kLine, 64);
    return;
  }
  const int64_t whole_rows = rows / kSide * kSide, whole_columns = columns / kSide * kSide;
  for (int64_t i = 0; i < whole_rows; i += kSide)
    for (int64_t j = 0; j < whole_columns; j += kSide)
      Block<T>::transpose(from + i * from_step + j, from_step, to + j * to_step + i, to_step);
  for (int64_t j = 0; j < columns; j++)
    for (int64_t i = j < whole_columns ? whole_rows : 0; i < rows; i++)
      to[j * to_step + i] = from[i * from_step + j];
}

// The target is dense along the last axis, the source along axis `dense`.
template <class T>
void transpose_planes(const Arguments& args, Params p, int64_t dense, const T* source, T* target) {
  constexpr int64_t kLine = 64 / sizeof(T);
  const int64_t last = p.rank - 1;
  p.swap(dense, last - 1);
  const int64_t columns = p.sizes[last - 1], rows = p.sizes[last];
  const int64_t from_step = p.source[last], to_step = p.target[last - 1];
  for (int64_t d = last - 1; d <= last; d++) {  // from here on an axis of tiles
    p.sizes[d] = (p.sizes[d] + kLine - 1) / kLine;
    p.source[d] *= kLine;
    p.target[d] *= kLine;
  }
  args.parallel(p.elements(), grain_of(64 * kLine), [&](int64_t begin, int64_t end, int) {
    int64_t tile = begin;
    walk(p.rank, p.sizes, p.source, p.target, begin, end, [&](int64_t from, int64_t to, int64_t n) {
      for (const int64_t stop = tile + n; tile < stop; tile++) {
        const int64_t i = tile % p.sizes[last] * kLine;
        const int64_t j = tile / p.sizes[last] % p.sizes[last - 1] * kLine;
        transpose_tile(source + from, from_step, target + to, to_step, std::min(kLine, rows - i),
                       std::min(kLine, columns - j));
        from += p.source[last];
        to += p.target[last];
      }
    });
  });
}

template <class T>
void strided_copy(const Arguments& args) {
  auto p = args.params_as<Params>();
  if (p.rank < 0 || p.rank > SX_MAX_RANK) throw std::invalid_argument("a rank of more than 8");
  if (p.elements() == 0) return;
  require_inside("source", args.size(0), p.from, p, p.source);
  require_inside("target", args.size(1), p.to, p, p.target);
  for (int64_t d = 0; d < p.rank; d++)
    if (p.target[d] == 0 && p.sizes[d] > 1) throw std::invalid_argument("a target stride of 0");
  const T* source = args.data<const T>(0) + p.from;
  T* target = args.data<T>(1) + p.to;
  if (p.rank == 0) {
    *target = *source;
    return;
  }
  const int64_t last = p.rank - 1;
  for (int64_t d = last - 1; d >= 0 && p.target[last] != 1; d--)
    if (p.target[d] == 1) p.swap(d, last);

  int64_t dense = last;
  while (dense > 0 && p.source[dense] != 1) dense--;
  constexpr int64_t kSide = Block<T>::kSide;
  if (p.target[last] != 1)
    any_rows(args, p, source, target);
  else if (p.source[last] == 1)
    for_rows(args, p, source, target,
             [](const T* from, T* to, int64_t n) { copy_run(to, from, n); });
  else if (p.source[last] == 0)
    for_rows(args, p, source, target,
             [](const T* from, T* to, int64_t n) { std::fill_n(to, n, *from); });
  else if (p.source[dense] == 1 && p.sizes[dense] >= kSide && p.sizes[last] >= kSide)
    transpose_planes(args, p, dense, source, target);
  else
    any_rows(args, p, source, target);
}

SX_KERNEL_BY_WIDTH("strided_copy", strided_copy);

}  // namespace
}  // namespace sx::SX_ISA

#include "cuda/autotune.h"

#include <link.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "cuda/cuda_device.h"
#include "error.h"

namespace sx::cuda {
namespace {

#ifdef SX_SIM
constexpr int kSamples = 1;  // its time is that of a simulation, and says nothing
#else
constexpr int kSamples = 5;
#endif

// The build id that the linker gave this library, in hexadecimal.
std::string build_id() {
  struct Search {
    uintptr_t here;
    std::string id;
  } search{reinterpret_cast<uintptr_t>(&build_id), ""};
  dl_iterate_phdr(
      [](dl_phdr_info* library, size_t, void* found) {
        auto& search = *static_cast<Search*>(found);
        const std::span headers(library->dlpi_phdr, library->dlpi_phnum);
        const bool mine = std::ranges::any_of(headers, [&](const ElfW(Phdr) & h) {
          return h.p_type == PT_LOAD && search.here - library->dlpi_addr - h.p_vaddr < h.p_memsz;
        });
        if (!mine) return 0;
        for (const ElfW(Phdr) & h : headers) {
          if (h.p_type != PT_NOTE) continue;
          const char* at = reinterpret_cast<const char*>(library->dlpi_addr + h.p_vaddr);
          for (const char* end = at + h.p_memsz; at + sizeof(ElfW(Nhdr)) <= end;) {
            const auto* note = reinterpret_cast<const ElfW(Nhdr)*>(at);
            const char* name = at + sizeof *note;
            const char* id = name + (note->n_namesz + 3) / 4 * 4;
            at = id + (note->n_descsz + 3) / 4 * 4;
            if (note->n_type != NT_GNU_BUILD_ID || std::strcmp(name, "GNU") != 0) continue;
            for (uint32_t i = 0; i < note->n_descsz; i++) {
              constexpr char kDigits[] = "0123456789abcdef";
              const auto byte = static_cast<unsigned char>(id[i]);
              search.id += {kDigits[byte / 16], kDigits[byte % 16]};
            }
          }
        }
        return 1;
      },
      &search);
  return search.id;
}

struct Event {
  cudaEvent_t handle;
  Event() { require(cudaEventCreateWithFlags(&handle, cudaEventDefault), "cudaEventCreate"); }
  ~Event() { cudaEventDestroy(handle); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
};

// Device memory, which is the stream's.
struct Block {
  void* address = nullptr;
  const cudaStream_t stream;
  Block(size_t bytes, cudaStream_t stream) : stream(stream) {
    require(cudaMallocAsync(&address, bytes, stream), "memory for autotuning");
  }
  ~Block() { cudaFreeAsync(address, stream); }
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;
};

// The least time of some launches, in microseconds. The first of all is not counted: it loads code.
double microseconds_of(cudaStream_t stream, const std::function<void()>& launch) {
  const Event begin, end;
  double least = 0;
  for (int sample = 0; sample <= kSamples; sample++) {
    require(cudaEventRecord(begin.handle, stream), "cudaEventRecord");
    launch();
    require(cudaEventRecord(end.handle, stream), "cudaEventRecord");
    require(cudaEventSynchronize(end.handle), "cudaEventSynchronize");
    float milliseconds = 0;
    require(cudaEventElapsedTime(&milliseconds, begin.handle, end.handle), "cudaEventElapsedTime");
    if (sample == 1 || (sample > 1 && 1000.0 * milliseconds < least)) least = 1000.0 * milliseconds;
  }
  return least;
}

// By mkdir: std::filesystem would ask for a newer glibc.
void make_folders_of(const std::string& file) {
  for (size_t end = file.find('/', 1); end != std::string::npos; end = file.find('/', end + 1)) {
    const std::string folder = file.substr(0, end);
    if (mkdir(folder.c_str(), 0777) != 0 && errno != EEXIST)
      throw Error(SX_INVALID,
                  "SARDONYX_AUTOTUNE: cannot make " + folder + ": " + std::strerror(errno));
  }
}

}  // namespace

std::unique_ptr<Autotune> Autotune::by_environment(const std::string& device, int driver) {
  const char* folder = std::getenv("SARDONYX_AUTOTUNE");
  if (!folder || !*folder) return nullptr;
  std::string name = device + "-driver" + std::to_string(driver) + "-" + build_id() + ".tsv";
  std::ranges::replace(name, ' ', '-');
  return std::make_unique<Autotune>(folder + ("/" + name));
}

Autotune::Autotune(std::string file) : file_(std::move(file)) {
  make_folders_of(file_);
  std::ifstream lines(file_);
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    number++;
    const size_t first = line.find('\t'), second = line.find('\t', first + 1);
    if (first == std::string::npos || second == std::string::npos)
      throw Error(SX_INVALID, "SARDONYX_AUTOTUNE: line " + std::to_string(number) + " of " + file_ +
                                  " is not a problem, a tile and a time; delete "
                                  "the file to measure anew");
    fastest_[line.substr(0, first)] = line.substr(first + 1, second - first - 1);
  }
}

int Autotune::pick(Stream& stream, const TunedProblem& problem,
                   std::span<const std::string> candidates,
                   const std::function<void(int, void*)>& run) {
  if (const auto known = fastest_.find(problem.name); known != fastest_.end()) {
    const auto at = std::ranges::find(candidates, known->second);
    if (at != candidates.end()) return int(at - candidates.begin());
  }
  if (stream.capturing) return -1;
  const Block result(std::max<size_t>(1, problem.result_bytes), stream.handle);
  int fastest = 0;
  double least = 0;
  for (int i = 0; i < int(candidates.size()); i++) {
    const double time = microseconds_of(stream.handle, [&] { run(i, result.address); });
    if (i > 0 && time >= least) continue;
    fastest = i;
    least = time;
  }
  remember(problem.name, candidates[size_t(fastest)], least);
  return fastest;
}

// A line is written at once, so that processes that share the file do not mix theirs up.
void Autotune::remember(const std::string& problem, const std::string& candidate,
                        double microseconds) {
  fastest_[problem] = candidate;
  std::ofstream out(file_, std::ios::app);
  out << problem + "\t" + candidate + "\t" + std::to_string(microseconds) + "\n" << std::flush;
  if (!out) throw Error(SX_INVALID, "SARDONYX_AUTOTUNE: cannot write " + file_);
}

std::string Autotune::describe() const {
  return std::to_string(fastest_.size()) + " tiles by " + file_;
}

}  // namespace sx::cuda

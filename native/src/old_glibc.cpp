// Lets a library that was built on a new Linux load on an older one, glibc 2.29 and up. Functions
// that moved between the parts of glibc are bound to the version that they have had from the start,
// and three symbols that the static libraries of newer compilers expect are defined here, for this
// library only. Nothing of glibc is declared by its headers, so that the types may be plain.
#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))
#include <elf.h>
#include <sys/syscall.h>

#include <cstddef>
#include <cstdint>

#if defined(__x86_64__)
#define FIRST_VERSION "GLIBC_2.2.5"
#define SETNAME_VERSION "GLIBC_2.12"
#else
#define FIRST_VERSION "GLIBC_2.17"
#define SETNAME_VERSION "GLIBC_2.17"
#endif

// Defines `name`, hidden, as the function of that name and version.
#define BIND(version, result, name, parameters, arguments)                                      \
  result old_##name parameters;                                                                 \
  asm(".symver old_" #name ", " #name "@" version);                                             \
  __attribute__((visibility("hidden"))) result name parameters { return old_##name arguments; } \
  static_assert(true)

#define HIDDEN __attribute__((visibility("hidden")))

extern "C" {

BIND(FIRST_VERSION, int, pthread_create, (void* a, const void* b, void* (*c)(void*), void* d),
     (a, b, c, d));
BIND(FIRST_VERSION, int, pthread_join, (uintptr_t a, void** b), (a, b));
BIND(FIRST_VERSION, int, pthread_detach, (uintptr_t a), (a));
BIND(FIRST_VERSION, int, pthread_once, (int* a, void (*b)()), (a, b));
BIND(FIRST_VERSION, int, __pthread_key_create, (unsigned* a, void (*b)(void*)), (a, b));
BIND(FIRST_VERSION, int, pthread_sigmask, (int a, const void* b, void* c), (a, b, c));
BIND(SETNAME_VERSION, int, pthread_setname_np, (uintptr_t a, const char* b), (a, b));
BIND(FIRST_VERSION, void*, dlopen, (const char* a, int b), (a, b));
BIND(FIRST_VERSION, void*, dlsym, (void* a, const char* b), (a, b));
BIND(FIRST_VERSION, int, dlclose, (void* a), (a));
BIND(FIRST_VERSION, char*, dlerror, (), ());
BIND(FIRST_VERSION, int, dladdr, (const void* a, void* b), (a, b));

// Asked by std::filebuf; a function since 2.33 only. The kernel fills glibc's struct.
long syscall(long, ...);
HIDDEN int fstat64(int file, void* status) { return int(syscall(SYS_fstat, file, status)); }

// Asked by std::shared_ptr: there are always several threads here.
HIDDEN char __libc_single_threaded = 0;

struct dl_phdr_info {
  Elf64_Addr base;
  const char* name;
  const Elf64_Phdr* headers;
  Elf64_Half count;
};
int dl_iterate_phdr(int (*)(dl_phdr_info*, size_t, void*), void*);

// glibc's struct of this name.
struct dl_find_object {
  unsigned long long flags;
  void* start;
  void* end;
  void* link_map;
  void* eh_frame;
  unsigned long long reserved[7];
};

// Asked by the unwinder: the unwind table of the library that holds `code`. glibc has it from 2.35
// on.
HIDDEN int _dl_find_object(void* code, dl_find_object* result) {
  struct Search {
    uintptr_t code;
    dl_find_object* result;
  } search{reinterpret_cast<uintptr_t>(code), result};
  const auto visit = [](dl_phdr_info* library, size_t, void* data) {
    const Search& wanted = *static_cast<Search*>(data);
    const Elf64_Phdr *segment = nullptr, *table = nullptr;
    for (int i = 0; i < library->count; i++) {
      const Elf64_Phdr& h = library->headers[i];
      if (h.p_type == PT_GNU_EH_FRAME) table = &h;
      if (h.p_type == PT_LOAD && wanted.code - (library->base + h.p_vaddr) < h.p_memsz)
        segment = &h;
    }
    if (!segment || !table) return 0;
    const auto pointer = [](uintptr_t address) { return reinterpret_cast<void*>(address); };
    *wanted.result = {};
    wanted.result->start = pointer(library->base + segment->p_vaddr);
    wanted.result->end = pointer(library->base + segment->p_vaddr + segment->p_memsz);
    wanted.result->eh_frame = pointer(library->base + table->p_vaddr);
    return 1;
  };
  return dl_iterate_phdr(visit, &search) == 1 ? 0 : -1;
}

}  // extern "C"
#endif

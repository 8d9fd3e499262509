#include "fiber.h"

#include <sys/mman.h>

#include <new>
#include <stdexcept>
#include <string>

#if !defined(__x86_64__)
#include <ucontext.h>
#endif

namespace sim {

char* stacks = nullptr;

namespace {

constexpr size_t kPage = 4096;

uint32_t guarded_stacks = 0;

}  // namespace

void reserve_stacks(uint32_t count) {
  if (count > kMostStacks)
    throw std::runtime_error(std::to_string(count) + " threads at a time are more than the " +
                             std::to_string(kMostStacks) + " that the simulator runs");
  if (!stacks) {
    void* space = mmap(nullptr, kStackBytes * kMostStacks, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (space == MAP_FAILED) throw std::bad_alloc();
    stacks = static_cast<char*>(space);
  }
  for (; guarded_stacks < count; guarded_stacks++)
    if (mprotect(stacks + guarded_stacks * kStackBytes, kPage, PROT_NONE)) throw std::bad_alloc();
}

#if defined(__x86_64__)

// Saves the registers that a callee must keep, stores the stack pointer in *from and continues at
// `to`.
extern "C" void sx_sim_switch(void** from, void* to);
asm(R"(
.text
.globl sx_sim_switch
.hidden sx_sim_switch
.type sx_sim_switch,@function
sx_sim_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size sx_sim_switch,.-sx_sim_switch
)");

void switch_fiber(void** from, void* to) { sx_sim_switch(from, to); }

void* new_fiber(uint32_t number, void (*entry)()) {
  // Tops of stacks are staggered by cache lines; equal offsets would all fall into the same sets.
  char* top = stacks + kStackBytes * (number + 1) - 64 * (number % 16) - 64;
  void** pointer = reinterpret_cast<void**>(top);
  *--pointer = nullptr;
  *--pointer = reinterpret_cast<void*>(entry);
  return pointer - 6;  // the registers that the switch pops
}

#else

// A stack pointer is a ucontext_t that lies at the low end of the fiber's stack, or in the host's
// frame.
void switch_fiber(void** from, void* to) {
  ucontext_t here;
  *from = &here;
  swapcontext(&here, static_cast<ucontext_t*>(to));
}

void* new_fiber(uint32_t number, void (*entry)()) {
  char* stack = stacks + kStackBytes * number + kPage;
  ucontext_t* context = new (stack) ucontext_t;
  getcontext(context);
  context->uc_stack.ss_sp = stack + sizeof(ucontext_t);
  context->uc_stack.ss_size = kStackBytes - kPage - sizeof(ucontext_t);
  context->uc_link = nullptr;
  makecontext(context, entry, 0);
  return context;
}

#endif

}  // namespace sim

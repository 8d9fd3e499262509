// The instruction sets that kernels are compiled for, ranked: a machine that has one has all below
// it.
#pragma once

namespace sx {

// The highest rank that this machine has and SARDONYX_ISA (baseline, avx2, avx512, avx512vnni)
// allows. Throws Error for a name that is none.
int isa_level();

const char* isa_name(int level);

}  // namespace sx

// Included in front of every kernel of the checked build: g++ has no hook for these, so that they
// are called by other names.
#pragma once
asm(".set memcpy, sx_check_memcpy\n.set memmove, sx_check_memmove\n.set memset, sx_check_memset");

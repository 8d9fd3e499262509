#!/bin/sh
# Builds the native libraries for Maven, as far as the machine can; does nothing where nothing has changed.
# usage: build.sh SOURCE CLASS JNI JAVA_HOME CLASSES CLASSPATH OUTPUT WORK [cmake options]
#   SOURCE: folder of CMake's entry; CLASS: what JavaCPP binds, into the library JNI; CLASSES: where it was compiled to;
#   CLASSPATH: with JavaCPP; OUTPUT: for the libraries; WORK: for everything else
set -e
source=$1 class=$2 library=$3 java_home=$4 classes=$5 classpath=$6 output=$7 work=$8
shift 8

left_out() {
  echo "natives left out: no $1 found; the reference device remains"
  rm -f "$output"/*.so
  exit 0
}
command -v cmake >/dev/null || left_out cmake
command -v "${CXX:-g++}" >/dev/null || command -v c++ >/dev/null || command -v clang++ >/dev/null || left_out "C++ compiler"

jni=$work/jni
native=$classes/$(echo "$class" | tr . /).class
if ! cmp -s "$native" "$jni/bound.class"; then
  mkdir -p "$jni"
  "$java_home/bin/java" -cp "$classpath" org.bytedeco.javacpp.tools.Builder -classpath "$classes" \
    -nocompile -d "$jni" -o "$library" "$class" >"$work/javacpp.log" 2>&1 ||
    { cat "$work/javacpp.log"; exit 1; }
  cp "$native" "$jni/bound.class"
fi

generator="Unix Makefiles"
if command -v ninja >/dev/null; then generator=Ninja; fi
JAVA_HOME=$java_home cmake -S "$source" -B "$work/cmake" -G "$generator" -DSX_OUTPUT="$output" \
  -DSX_JNI_SOURCES="$jni" "$@" >"$work/cmake.log" 2>&1 || { cat "$work/cmake.log"; exit 1; }
sed -n 's/^-- \(.* left out: \)/\1/p' "$work/cmake.log"
# Large pages: nvcc's compilers take a sixth less time.
GLIBC_TUNABLES=${GLIBC_TUNABLES:-glibc.malloc.hugetlb=1} cmake --build "$work/cmake" --parallel >"$work/build.log" 2>&1 ||
  { cat "$work/build.log"; exit 1; }
grep -E "warning:" "$work/build.log" || true

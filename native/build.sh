#!/bin/sh
# Builds the native libraries for Maven, as far as the machine can; does nothing where nothing has changed.
# usage: build.sh ROOT JAVA_HOME CLASSES CLASSPATH OUTPUT WORK [cmake options]
#   CLASSES: compiled classes of java/binding; CLASSPATH: with JavaCPP; OUTPUT: for the libraries; WORK: for everything else
set -e
root=$1 java_home=$2 classes=$3 classpath=$4 output=$5 work=$6
shift 6

left_out() {
  echo "natives left out: no $1 found; the reference device remains"
  rm -f "$output"/*.so
  exit 0
}
command -v cmake >/dev/null || left_out cmake
command -v "${CXX:-g++}" >/dev/null || command -v c++ >/dev/null || command -v clang++ >/dev/null || left_out "C++ compiler"
command -v nvcc >/dev/null || echo "CUDA left out: no nvcc found"

jni=$work/jni
native=$classes/io/sardonyx/binding/Native.class
if ! cmp -s "$native" "$jni/Native.class"; then
  mkdir -p "$jni"
  "$java_home/bin/java" -cp "$classpath" org.bytedeco.javacpp.tools.Builder -classpath "$classes" \
    -nocompile -d "$jni" -o jniSardonyx io.sardonyx.binding.Native >"$work/javacpp.log" 2>&1 ||
    { cat "$work/javacpp.log"; exit 1; }
  cp "$native" "$jni/Native.class"
fi

generator="Unix Makefiles"
if command -v ninja >/dev/null; then generator=Ninja; fi
JAVA_HOME=$java_home cmake -S "$root/native" -B "$work/cmake" -G "$generator" -DSX_OUTPUT="$output" \
  -DSX_JNI_SOURCES="$jni" "$@" >"$work/cmake.log" 2>&1 || { cat "$work/cmake.log"; exit 1; }
cmake --build "$work/cmake" --parallel >"$work/build.log" 2>&1 || { cat "$work/build.log"; exit 1; }
grep -E "warning:" "$work/build.log" || true

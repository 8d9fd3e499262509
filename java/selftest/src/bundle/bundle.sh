#!/bin/sh
# Makes the bundle: a folder that runs where there is neither Java nor a compiler, and one archive of it.
# usage: bundle.sh ROOT JAVA_HOME TARGET JAR NAME TESTDATA
#   TARGET: with lib/ and minilm/; JAR: this module's; NAME: of the folder; TESTDATA: models, where there are any
set -e
root=$1 java_home=$2 target=$3 jar=$4 name=$5 testdata=$6
here=$(cd "$(dirname "$0")" && pwd)
bundle=$target/$name
largest_whole_model=3000000 # bytes; a larger one goes without its weights
largest_inputs=1000000
largest_archive=45000000

rm -rf "$bundle"
mkdir -p "$bundle/bin" "$bundle/lib" "$bundle/natives" "$bundle/models"

# A small Java. Not compressed: the archive does that better, 12 MB against 20.
"$java_home/bin/jlink" --output "$bundle/runtime" --strip-debug --no-header-files --no-man-pages --compress=0 \
  --add-modules java.base,java.logging,java.management,java.xml,jdk.management,jdk.unsupported
command -v strip >/dev/null && find "$bundle/runtime" -name '*.so' -exec strip --strip-unneeded {} +

# Jars. The natives lie in a folder instead, so that nothing is unpacked at run time.
cp "$jar" "$target"/lib/*.jar "$bundle/lib/"
for classifier in linux-x86_64 linux-x86_64-cuda linux-x86_64-sim; do
  for natives in "$bundle"/lib/sardonyx-binding-*-$classifier.jar; do
    [ -e "$natives" ] || continue
    (cd "$bundle/natives" && "$java_home/bin/jar" xf "$natives" && find io -name '*.so' -exec mv {} . \; && rm -rf io META-INF)
    rm "$natives"
  done
done
[ -e "$bundle/natives/libjniSardonyx.so" ] || { echo "bundle: the natives were not built; there is no use in a bundle"; exit 1; }

repack() { # JAR COMMAND: runs the command where the jar is unpacked, and packs what it leaves
  packed=$1
  shift
  mkdir "$target/repack"
  (cd "$target/repack" && "$java_home/bin/jar" xf "$packed" && "$@" && "$java_home/bin/jar" cMf "$packed" .)
  rm -rf "$target/repack"
}

# Of CUDA's 27 libraries for Java, the three that contenders call.
for cuda in "$bundle"/lib/cuda-*-linux-x86_64.jar; do
  [ -e "$cuda" ] || continue
  repack "$cuda" find . -name '*.so' ! -name libjnicudart.so ! -name libjnicublas.so ! -name libjnicudnn.so -exec rm {} +
done

# JMH is not there, and its classes are a fifth of a megabyte.
for bench in "$bundle"/lib/sardonyx-bench-*.jar; do
  repack "$bench" rm -rf io/sardonyx/bench/jmh META-INF/BenchmarkList META-INF/CompilerHints
done

{ git -C "$root" rev-parse HEAD 2>/dev/null || echo unknown; } >"$bundle/COMMIT"
[ -z "$(git -C "$root" status --porcelain --untracked-files=no 2>/dev/null)" ] || echo "with changes" >>"$bundle/COMMIT"
cp "$root/LICENSE" "$bundle/"
cp "$here/sardonyx" "$here/pytorch.py" "$bundle/bin/"

# Models: small ones with what they should give; large ones without their weights, with their inputs unless those are large.
strip_model() { # FROM TO
  mkdir -p "$(dirname "$2")"
  "$bundle/bin/sardonyx" strip "$1" "$2"
}
if [ -d "$testdata/models" ]; then
  for model in "$testdata"/models/*/model.onnx; do
    [ -e "$model" ] || continue
    folder=$(dirname "$model")
    to=$bundle/models/$(basename "$folder")
    if [ "$(du -bs "$folder" | cut -f1)" -lt $largest_whole_model ]; then
      cp -r "$folder" "$to"
    else
      strip_model "$model" "$to/model.onnx"
      if [ "$(cat "$folder"/test_data_set_0/input_*.pb | wc -c)" -lt $largest_inputs ]; then # else they are made up
        mkdir "$to/test_data_set_0"
        cp "$folder"/test_data_set_0/input_*.pb "$to/test_data_set_0/"
      fi
    fi
  done
else
  echo "bundle: no models at $testdata"
fi
strip_model "$target/minilm/all-minilm-l6-v2.onnx" "$bundle/models/minilm-l6/model.onnx"

if command -v xz >/dev/null; then
  tar -C "$target" --sort=name --owner=0 --group=0 --mtime=@1767225600 -cf - "$name" | xz -9 -T1 >"$target/$name.tar.xz"
  archive=$target/$name.tar.xz
else
  tar -C "$target" -czf "$target/$name.tar.gz" "$name"
  archive=$target/$name.tar.gz
fi
echo "bundle: $bundle, $(du -sm "$bundle" | cut -f1) MB; $archive, $(wc -c <"$archive") bytes"
[ "$(wc -c <"$archive")" -le $largest_archive ] || { echo "bundle: the archive is larger than $largest_archive bytes"; exit 1; }

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

# Jars are not compressed, either; the archive takes 4 MB for them so, against 9. They lose what nobody uses there: of CUDA's 27 libraries
# for Java all but the three that contenders call, JMH's classes, of Chart.js all but the file that a report holds.
for packed in "$bundle"/lib/*.jar; do
  mkdir "$target/unpacked"
  cd "$target/unpacked"
  "$java_home/bin/jar" xf "$packed"
  case ${packed##*/} in
    cuda-*-linux-x86_64.jar)
      find . -name '*.so' ! -name libjnicudart.so ! -name libjnicublas.so ! -name libjnicudnn.so -exec rm {} + ;;
    sardonyx-bench-*.jar) rm -rf io/sardonyx/bench/jmh META-INF/BenchmarkList META-INF/CompilerHints ;;
    chart.js-*.jar) find . -type f ! -name chart.umd.min.js ! -name pom.properties -exec rm {} + ;;
  esac
  "$java_home/bin/jar" c0Mf "$packed" .
  cd "$here"
  rm -rf "$target/unpacked"
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

#!/bin/sh
# Tries a bundle's archive in a folder of its own, with nothing of this machine's Java in reach.
# usage: smoke.sh ARCHIVE
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
tar -C "$folder" -xf "$1"
sardonyx() { env -i PATH=/bin "$folder"/sardonyx-*/bin/sardonyx "$@"; }

fail() {
  echo "smoke: $1"
  exit 1
}
sardonyx doctor | tee "$folder/doctor"
grep -q '^device   cpu' "$folder/doctor" || fail "there is no cpu"
sardonyx run "$folder"/sardonyx-*/models/minilm-l6/model.onnx --device cpu
device=cpu
grep -q '^device   sim:0' "$folder/doctor" && device=sim:0
sardonyx selftest --device $device --only operators,accuracy,allreduce,timing,conv \
  --filter '^SoftmaxTest|^Collectives: 2 ranks, barrier|^all-reduce|^Identity|^Softmax|^same sign|3x3|geometric' --out "$folder/out"
sardonyx selftest --device cpu --only models,minilm --filter 'minilm-l6$|mnist|MiniLM|PyTorch' --out "$folder/out"
for step in operators accuracy allreduce timing conv models minilm; do
  [ "$(wc -l <"$folder/out/$step.jsonl")" -gt 1 ] || fail "$step.jsonl has no results"
done
echo "smoke: ok"

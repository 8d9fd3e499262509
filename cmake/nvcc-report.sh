#!/bin/sh
# Runs a compiler and keeps what ptxas reports of registers, stacks and spills beside the object, for a test to read.
# usage: nvcc-report.sh COMPILER ARGUMENT...
object=
previous=
for argument in "$@"; do
  if [ "$previous" = -o ]; then object=$argument; fi
  previous=$argument
done
if [ -z "$object" ]; then exec "$@"; fi
status=0
"$@" 2>"$object.report" || status=$?
grep -vE "^ptxas info|^ +[0-9]+ bytes (stack frame|cumulative)" "$object.report" >&2
exit $status

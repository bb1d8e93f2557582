#!/usr/bin/env bash
# Every engine's benchmark: bench/run.sh [sqlite] [postgresql]
set -eu
cd "$(dirname "$0")"
[ $# -gt 0 ] || set -- sqlite postgresql
for engine; do
    echo "== $engine"
    ./"$engine".sh
done

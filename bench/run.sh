#!/usr/bin/env bash
# Every engine's benchmark: bench/run.sh [sqlite] [postgresql] [mysql]
set -eu
cd "$(dirname "$0")"
[ $# -gt 0 ] || set -- sqlite postgresql mysql
for engine; do
    echo "== $engine"
    ./"$engine".sh
done

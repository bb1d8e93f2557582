#!/usr/bin/env bash
# Every engine's benchmark, and the revision graph's: bench/run.sh [graph] [sqlite] [postgresql] [mysql]
set -eu
cd "$(dirname "$0")"
[ $# -gt 0 ] || set -- graph sqlite postgresql mysql
for engine; do
    echo "== $engine"
    ./"$engine".sh
done

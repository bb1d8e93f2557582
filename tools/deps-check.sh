#!/bin/sh
# Fails when a room of lib/ includes one that it may not. An arrow also allows what it leads to:
#   cmd -> autogenerate, runtime, git      runtime -> script, engine      autogenerate -> engine      script -> operations
#   engine -> dialect      dialect -> operations, driver      operations -> schema      schema, driver, git -> base
set -eu
cd "$(dirname "$0")/.."
allowed() {
    case $1 in
    base) echo base ;;
    schema | driver | git) echo "$1 base" ;;
    operations) echo operations schema base ;;
    dialect) echo dialect operations driver schema base ;;
    engine) echo engine dialect operations driver schema base ;;
    script) echo script operations schema base ;;
    autogenerate) echo autogenerate engine dialect operations driver schema base ;;
    runtime) echo runtime script engine dialect operations driver schema base ;;
    *) echo "deps-check: no such room: $1" >&2; exit 2 ;;
    esac
}
status=0
for folder in lib/*/; do
    room=$(basename "$folder")
    rooms=" $(allowed "$room") "
    for file in $(find "$folder" -name '*.[ch]'); do
        for included in $(sed -n 's/^#include "\([a-z]*\)\/.*/\1/p' "$file" | sort -u); do
            [ -d "lib/$included" ] || continue
            case $rooms in *" $included "*) ;; *) echo "$file: $room may not include $included/"; status=1 ;; esac
        done
    done
done
# Client libraries are each known to one file only; MySQL's two by way of what hides how they differ.
for pair in 'sqlite3.h driver/sqlite.c' 'libpq-fe.h driver/postgresql.c' 'mysql.h driver/mysql_client.h'; do
    header=${pair% *} home=lib/${pair#* }
    for file in $(grep -rlE "#include [<\"]([a-z]+/)?$header[>\"]" lib cmd || :); do
        [ "$file" = "$home" ] || { echo "$file: only $home may include $header"; status=1; }
    done
done
if grep -rnF '"driver/mysql_client.h"' lib cmd | grep -v '^lib/driver/mysql'; then status=1; fi
if grep -rnE '#include [<"]git2' lib cmd | grep -v '^lib/git/'; then status=1; fi
exit $status

#!/usr/bin/env bash
# Options of Alembic's commands: --tag, --sql of stamp and ensure_version, several revisions, --purge; and its options
# that mean nothing here.
. "$(dirname "$0")/../support/tap.sh"

new_project options
revision_file aaaa "" first <<<$'-- migrate:up\nCREATE TABLE a (x);\n-- migrate:down\nDROP TABLE a;'
revision_file bbbb aaaa second <<<$'-- migrate:up\nCREATE TABLE b (x);\n-- migrate:down\nDROP TABLE b;'
revision_file cccc aaaa third <<<$'-- migrate:up\nCREATE TABLE c (x);\n-- migrate:down\nDROP TABLE c;'
versions() { sqlite3 -batch "$1" "SELECT version_num FROM migrate_version ORDER BY 1" | tr '\n' ' '; }
applied_by() { sqlite3 -batch "$1" "SELECT applied_by FROM migrate_history ORDER BY id DESC LIMIT 1"; }

# --tag is kept with who ran it.
run migrate upgrade aaaa --tag "release 7"
exits 0 "upgrade --tag"
same "$(applied_by app.db)" "$(id -un)@$(hostname) [release 7]" "the history row has it"
run migrate status --json
prints "[release 7]" "status --json shows it"
run migrate downgrade base --tag "back"
exits 0 "downgrade --tag"
case $(applied_by app.db) in *" [back]") true ;; *) false ;; esac; ok "so has that of the way down"
run migrate stamp aaaa --tag adopted
exits 0 "stamp --tag"
case $(applied_by app.db) in *" [adopted]") true ;; *) false ;; esac; ok "so has that of a stamp"
run migrate upgrade aaaa:bbbb --sql --tag "release 8"
exits 0 "upgrade --sql --tag"
same "$(head -1 <<<"$out")" "-- tag: release 8" "the first line says it"
prints "[release 8]'" "and the history row"
run migrate upgrade head --tag ""
exits 2 "an empty tag"
run migrate upgrade head --tag $'a\nb'
exits 2 "a tag of two lines"
says "one line" "is told why"
run migrate upgrade head --tag "$(printf 'x%.0s' {1..101})"
exits 2 "a tag that is too long"

# stamp: several revisions, one of each branch.
rm app.db
run migrate stamp bbbb cccc
exits 0 "stamp of two branches"
prints "stamped bbbb, cccc" "says both"
same "$(versions app.db)" "bbbb cccc " "and writes both rows"
run migrate stamp --purge aaaa
same "$(versions app.db)" "aaaa " "--purge forgets the others"
sqlite3 app.db "INSERT INTO migrate_version VALUES ('gone')"
run migrate stamp heads
exits 1 "stamp where a row has no file"
run migrate stamp --purge heads
exits 0 "with --purge"
same "$(versions app.db)" "bbbb cccc " "the row is gone"
run migrate stamp
exits 2 "stamp without a revision"

# --sql is what a run writes.
stamp_alike() { # NAME START… -- ARGUMENTS: stamped from START (nothing: an empty database) offline and online
    local name=$1 start=()
    shift
    while [ "$1" != -- ]; do start+=("$1"); shift; done
    shift
    rm -f on.db off.db
    if [ "${#start[@]}" -gt 0 ]; then
        migrate -q --url sqlite:///on.db stamp "${start[@]}" >/dev/null && migrate -q --url sqlite:///off.db stamp "${start[@]}" >/dev/null
    fi
    local online=()
    for word in "$@"; do online+=("${word#*:}"); done
    migrate -q --url sqlite:///on.db stamp "${online[@]}" >/dev/null; ok "$name: online"
    run migrate stamp --sql "$@"
    exits 0 "$name: --sql"
    sqlite3 -bail off.db <<<"$out"; ok "$name: the client takes it"
    same "$(versions off.db)" "$(versions on.db)" "$name: the same rows"
    local rows="SELECT id, revision, direction, state, revises, token_hash, down_script, message FROM migrate_history"
    same "$(sqlite3 off.db "$rows")" "$(sqlite3 on.db "$rows")" "$name: the same history"
}
stamp_alike "an empty database" -- bbbb
stamp_alike "two branches" -- bbbb cccc
stamp_alike "from a revision" aaaa -- aaaa:bbbb
stamp_alike "from a revision to two" aaaa -- aaaa:bbbb aaaa:cccc
stamp_alike "back to base" bbbb -- bbbb:base
stamp_alike "purged" cccc -- --purge bbbb
stamp_alike "purged to base" cccc -- --purge base
grep -q "Running stamp_revision" <<<"$out"; ok "a comment says what it is"
run migrate stamp --sql aaaa:bbbb cccc:cccc
exits 2 "two starts"
says "'aaaa' and 'cccc'" "are named"
run migrate stamp --sql --purge aaaa:bbbb
exits 2 "--purge with a start"
run migrate stamp --sql aaaa:
exits 2 "--sql without an end"
run migrate --json stamp --sql bbbb
python3 -c 'import json, sys; assert "CREATE TABLE" in json.load(sys.stdin)["sql"]' <<<"$out"; ok "--sql --json"

rm -f on.db off.db
run migrate ensure_version --sql
exits 0 "ensure_version --sql"
sqlite3 -bail off.db <<<"$out"; ok "the client takes it"
migrate -q --url sqlite:///on.db ensure_version >/dev/null
same "$(sqlite3 off.db .schema)" "$(sqlite3 on.db .schema)" "and makes the same tables"
run migrate --url postgresql://nobody@192.0.2.1/none ensure_version --sql
exits 0 "for a server that is not asked"
prints "migrate_history" "too"

# Alembic's options without a meaning here are refused with a word.
run migrate --raiseerr current
exits 2 "--raiseerr"
says "means nothing here" "is explained"
mkdir package && cd package
run migrate init --package
exits 2 "init --package"
says "no Python packages" "is explained"
finish

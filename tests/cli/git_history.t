#!/usr/bin/env bash
# history -v and show name the commit and the author of each revision.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/git.sh"
lacks() { # TEXT NAME: neither stream has it
    case $out$err in *"$1"*) explain; false ;; *) true ;; esac; ok "$2"
}
json() { # PYTHON EXPRESSION of the document d
    printf '%s' "$out" | python3 -c "import json, sys; d = json.load(sys.stdin); print($1)"
}
node() { echo '[n for n in d["nodes"] if n["revision"] == "'"$1"'"][0]'"${2-}"; }
entry() { printf '%s\n' "$out" | sed -n "/^Rev: $1/,/^\$/p" | grep -E '^(Commit|Changed):'; }
small() { # ID PARENT
    revision_file "$1" "$2" "r$1" <<<"-- migrate:up
CREATE TABLE t$1 (n INTEGER);"
}

new_project history
small aaaa ""
run migrate history -v
exits 0 "without a repository"
lacks "Commit:" "there are no commits"
run migrate --json -v history
same "$(json "$(node aaaa '.get("commit", "none")')")" none "nor in the document"
git_init
run migrate history -v
exits 0 "on an unborn branch"
same "$(entry aaaa)" "Commit: not committed" "nothing is committed"

first=$(by "Ada Lovelace <ada@example.org>" 2026-02-01T10:00:00Z git_commit first)
small bbbb aaaa
second=$(by $'Zo\xeb <zoe@example.org>' 2026-02-02T23:30:00+05:00 git_commit second)
sed -i 's/INTEGER/BIGINT/' migrations/versions/aaaa_raaaa.sql
third=$(by "Grace Hopper <grace@example.org>" 2026-03-01T10:00:00Z git_commit third)
small cccc bbbb
run migrate history -v
same "$(entry aaaa)" "Commit: ${first:0:8} by Ada Lovelace <ada@example.org>, 2026-02-01
Changed: ${third:0:8} by Grace Hopper <grace@example.org>, 2026-03-01" "who brought a file, and who changed it last"
same "$(git log --diff-filter=A --format=%H -- migrations/versions/aaaa_raaaa.sql) $(git log -1 --format=%H -- migrations/versions/aaaa_raaaa.sql)" \
    "$first $third" "as git says"
same "$(entry cccc)" "Commit: not committed" "what is not committed is said so"
case $(entry bbbb) in "Commit: ${second:0:8} by Zo"*" <zoe@example.org>, 2026-02-02") true ;; *) false ;; esac
ok "an author in Latin-1, and the author's own day"
printf '%s' "$out" | iconv -f UTF-8 -t UTF-8 >/dev/null; ok "in UTF-8"
run migrate history
lacks "Ada" "without -v nobody is named"
run migrate --json history
same "$(json "$(node aaaa '.get("commit", "none")')")" none "nor in the document"
run migrate --json -v history
same "$(json "$(node aaaa '["commit"]["id"]')") $(json "$(node aaaa '["changed"]["id"]')")" "$first $third" "with -v it has both"
same "$(json "$(node aaaa '["commit"]["author"]')"), $(json "$(node aaaa '["commit"]["email"]')"), $(json "$(node aaaa '["commit"]["date"]')")" \
    "Ada Lovelace, ada@example.org, 2026-02-01T10:00:00+00:00" "with author, address and date"
same "$(json "$(node cccc '["commit"]')") $(json '"changed" in '"$(node bbbb)")" "None False" "null is what is not committed"
run migrate history -v --graph
prints "Ada Lovelace" "the graph has it, too"

# --- changed since ---
sed -i 's/INTEGER/TEXT/' migrations/versions/bbbb_rbbbb.sql
run migrate history -v -r bbbb:bbbb
same "$(entry bbbb | tail -1)" "Changed: not committed" "a change that no commit has"
run migrate show bbbb
prints "Changed: not committed" "show says so, too"
run migrate show -q aaaa
prints "Commit: ${first:0:8} by Ada Lovelace" "and names the commit"
run migrate --json show aaaa
same "$(json 'd[0]["commit"]["id"]') $(json 'd[0]["changed"]["id"]')" "$first $third" "also as JSON"
git_checkout "$third"
run migrate history -v
prints "Ada Lovelace" "a detached HEAD"
run migrate history -v --ref "$second"
same "$(entry aaaa)" "Commit: ${first:0:8} by Ada Lovelace <ada@example.org>, 2026-02-01" "--ref: as that commit knows it"

# --- merges, moves, packs ---
git_checkout main
git_switch side "$first" >/dev/null
small dddd aaaa
fourth=$(by "Mary <mary@example.org>" 2026-02-03T10:00:00Z git_commit fourth)
git_checkout main
by "Merge <merge@example.org>" 2026-04-01T10:00:00Z git_merge side >/dev/null
run migrate history -v
case $(entry dddd) in "Commit: ${fourth:0:8} by Mary"*) true ;; *) explain; false ;; esac; ok "a merge brings nothing of its own"
lacks "merge@example.org" "so who merged is not named"
git_pack
run migrate history -v
prints "Commit: ${fourth:0:8} by Mary" "packed objects"
git_shallow "$PWD" "$WORK/shallow" 1
cd "$WORK/shallow" || exit 1
run migrate history -v
exits 0 "a shallow clone"
says "shallow" "says that it is one"
prints "Commit: " "and names what it has"
cd "$WORK/history" || exit 1
git_clone --bare "$PWD" "$WORK/bare.git" >/dev/null
run migrate show -q aaaa
exits 0 "show"
if [ "$(id -u)" = 0 ]; then
    chown -R 12345 .
    run migrate history -v
    exits 0 "a repository of another user is no error"
    says "safe.directory" "but a warning that says what to do"
    prints "Rev: aaaa" "and all else is there"
else
    skip "a repository of another user" "only root can give it away"
fi

# --- the whole folder is renamed ---
new_project moved
git_init
small aaaa ""
first=$(by "Ada Lovelace <ada@example.org>" 2026-02-01T10:00:00Z git_commit first)
mkdir db && mv migrations db/
sed -i 's|^script_location.*|script_location = %(here)s/db/migrations|; /^models/d' migrate.ini
second=$(by "Mo Ver <mover@example.org>" 2026-03-01T10:00:00Z git_commit second)
run migrate history -v
same "$(entry aaaa)" "Commit: ${first:0:8} by Ada Lovelace <ada@example.org>, 2026-02-01
Changed: ${second:0:8} by Mo Ver <mover@example.org>, 2026-03-01" "a renamed file is followed to who brought it"

# --- many ---
new_project many
git_init
git_commit project >/dev/null
git_history 2000 400 migrations/versions
git_checkout main
run migrate history -v
same "$(printf '%s\n' "$out" | grep -c '^Commit: [0-9a-f]')" 400 "2,000 commits and 400 revisions: each has its commit"
for i in 1 77 400; do
    file=$(basename migrations/versions/$(printf '%012x' $i)_*)
    same "$(entry $(printf '%012x' $i) | cut -d' ' -f2)" "$(git log --diff-filter=A --format=%H -- migrations/versions/$file | cut -c1-8)" \
        "that of revision $i is what git says"
done
run migrate history -v --ref HEAD
case $out in *" (in HEAD ("*")"*) [ "$status" = 0 ] ;; *) explain; false ;; esac
ok "with --ref a path is not said to be on disk"
finish

#!/bin/bash
# Checking the merge of two branches beside `git merge-tree` of the same two commits: 10,000 commits, 2,000 revisions, all
# packed; the branch left main 50 commits ago. The git program is only the yardstick.
. "$(dirname "$0")/common.sh"
FIXTURE=${FIXTURE:-$root/build/tests/support/git-fixture}
export HOME=$work GIT_CONFIG_NOSYSTEM=1
"$FIXTURE" init
"$FIXTURE" history "${COMMITS:-10000}" "${REVISIONS:-2000}" migrations/versions >/dev/null

revision() { # ID PARENT
    printf -- '-- Message: %s\n-- Revision: %s\n-- Revises: %s\n\n-- migrate:up\nCREATE TABLE t_%s (a INTEGER);\n-- migrate:down\nDROP TABLE t_%s;\n' \
        "$1" "$1" "$2" "$1" "$1" >"migrations/versions/$1_new.sql"
}
head_of_files() { basename "$(ls migrations/versions/0* | tail -1)" | cut -d_ -f1; }
on() { # BRANCH START: a new branch
    "$FIXTURE" branch "$1" "$2" >/dev/null
    "$FIXTURE" checkout "$1" >/dev/null
}
# A branch with a revision on an older head: findings, whose authors are looked for. One on main's head: none.
on colliding main~50
revision c0111 "$(head_of_files)"
"$FIXTURE" commit collides >/dev/null
on good main
revision 900d "$(head_of_files)"
"$FIXTURE" commit good >/dev/null
"$FIXTURE" checkout main >/dev/null
mkdir -p src
echo more >src/more.txt
"$FIXTURE" commit more >/dev/null
"$FIXTURE" pack >/dev/null
config() { printf '[migrate]\nscript_location = %%(here)s/migrations\n' >migrate.ini; }
config
status=0
"$MIGRATE" check --base main --ref colliding >/dev/null || status=$?
[ "$status" = 3 ] || { echo "the branch that collides gives $status, not 3"; exit 1; }
"$MIGRATE" check --base main --ref good >/dev/null || { echo "the good branch is not good"; exit 1; }
compare "check --base, two heads" "5" "$MIGRATE check --base main --ref colliding" "git merge-tree --write-tree colliding main"
compare "check --base, nothing found" "-" "$MIGRATE check --base main --ref good" "git merge-tree --write-tree good main"

# 200 open branches, each with a revision.
for i in $(seq 1 "${BRANCHES:-200}"); do
    on "open$i" main~20
    revision "b$(printf %04d "$i")" "$(head_of_files)"
    "$FIXTURE" commit "open $i" >/dev/null
done
"$FIXTURE" checkout main >/dev/null
"$FIXTURE" pack >/dev/null
config # checking out took it away
[ "$("$MIGRATE" check --all-branches --base main --json | grep -c '"open[0-9]*"')" -ge "${BRANCHES:-200}" ] || { echo "branches are missing"; exit 1; }
RUNS=1
compare "check --all-branches, ${BRANCHES:-200} of them" "-" "$MIGRATE check --all-branches --base main" \
    "for i in \$(seq 1 ${BRANCHES:-200}); do git merge-tree --write-tree open\$i main; done"

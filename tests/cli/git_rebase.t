#!/usr/bin/env bash
# rebase: revisions that only this branch has come to stand on another branch's head; the git program cross-checks.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/git.sh"
command -v git >/dev/null; ok "the git program is there, to cross-check"
export GIT_AUTHOR_NAME=Ada GIT_AUTHOR_EMAIL=ada@example.org GIT_COMMITTER_NAME=Ada GIT_COMMITTER_EMAIL=ada@example.org

# sql ID PARENT [NAME]: a revision file that creates a table
sql() { printf -- '-- migrate:up\nCREATE TABLE t_%s (id INTEGER);\n\n-- migrate:down\nDROP TABLE t_%s;\n' "$1" "$1" | revision_file "$1" "$2" "${3:-r$1}"; }
header() { sed -n 's/^-- Revises: *//p' migrations/versions/"$1"_*; }
# main has a; the branch work adds x and y; main goes on with b and c; we are on work.
two_branches() { # NAME
    new_project "$1"
    sed -i '/^url/d' migrate.ini
    echo app.db >.gitignore
    sql a ""
    git_init && git_commit "the first" >/dev/null
    git_switch work >/dev/null
    sql x a && sql y x && git_commit "ours" >/dev/null
    git_checkout main >/dev/null
    sql b a && git_commit "theirs" >/dev/null && sql c b && git_commit "theirs, too" >/dev/null
    git_checkout work >/dev/null
}

two_branches plain
printf -- '-- a comment that is not committed\n' >>migrations/versions/y_ry.sql
run migrate rebase --onto main --dry-run
exits 0 "a dry run"
prints "x: revises a -> c (migrations/versions/x_rx.sql)" "says what would change"
same "$(git status --porcelain)" " M migrations/versions/y_ry.sql" "and changes nothing"
run migrate rebase --onto main
exits 0 "rebase"
same "$out" "x: revises a -> c (migrations/versions/x_rx.sql)" "a line for the one that changes"
says "next: commit these files, then git rebase main, or git merge main" "and what to do next"
says "no url is set: no database was asked" "and that no database was asked"
same "$(git diff --numstat -- migrations/versions/x_rx.sql | cut -f1,2)" "1	1" "one line of the file, says git"
same "$(git diff -U0 -- migrations/versions/x_rx.sql | tail -2)" "--- Revises: a
+-- Revises: c" "which is its parent"
same "$(header y)" x "the chain stays"
same "$(git diff --numstat -- migrations/versions/y_ry.sql | cut -f1,2)" "1	0" "and so does what was not committed in it"
run migrate rebase --onto main
exits 0 "again"
same "$out" "nothing to do: 2 revisions that main has not, on its heads already" "there is nothing to do"
run migrate heads
exits 1 "until both come together the parent is not here"
git commit -qam "on main's head" && git -c core.editor=true rebase -q main
ok "git rebases"
run migrate heads
same "$out" "y (head)" "one head"
run migrate history
same "$out" "x -> y (head), ry
c -> x, rx
b -> c, rc
a -> b, rb
<base> -> a, ra" "one line"
run migrate rebase --onto main --json
exits 0 "as JSON"
same "$(printf '%s' "$out" | python3 -c 'import json, sys; d = json.load(sys.stdin); print(d["onto"], d["revisions"], d["onto_is_merged"])')" "main [] True" "nothing is an empty list"
run migrate upgrade heads --url sqlite:///new.db
exits 0 "and it runs"

two_branches checked
run migrate check --base main
exits 3 "check --base finds two heads"
run migrate rebase --onto main --commit
exits 0 "rebase"
run migrate check --base main
exits 0 "check --base finds nothing any more"

two_branches after
git -c core.editor=true rebase -q main
ok "git rebases first"
run migrate heads
same "$out" "c (head)
y (head)" "two heads"
run migrate rebase --onto main --json
exits 0 "rebase afterwards"
same "$(printf '%s' "$out" | python3 -c 'import json, os, sys; d = json.load(sys.stdin); r = d["revisions"][0]; print(len(d["revisions"]), r["revision"], r["former_down_revision"], r["down_revision"], os.path.basename(r["path"]), d["onto_commit"], d["onto_is_merged"], d["dry_run"], d["database"])')" \
    "1 x ['a'] ['c'] x_rx.sql $(git rev-parse main) True False None" "as JSON"
run migrate heads
same "$out" "y (head)" "one head at once"

two_branches merged
git_merge main >/dev/null
run migrate rebase --onto main
same "$(header x)" c "after a merge in git, too"

# --- operations, byte for byte ---
two_branches ops
rm migrations/versions/x_rx.sql
printf '\357\273\277{\r\n  "revision": "x", // ours\r\n  "down_revision": ["a"],\r\n  "upgrade": [], "downgrade": []\r\n}\r\n' >migrations/versions/x_rx.json
git_commit "as operations" >/dev/null
run migrate rebase --onto main
exits 0 "a file of operations"
same "$(git diff --numstat | cut -f1,2)" "1	1" "one line, says git"
same "$(git diff -U0 | grep '^[-+] ')" "$(printf -- '-  "down_revision": ["a"],\r\n+  "down_revision": ["c"],\r')" "with its own line end"

# --- merge revisions, several heads ---
two_branches merges
git_merge main >/dev/null
printf -- '-- migrate:up\n' | revision_file m "y, c" merge
run migrate heads
same "$out" "m (head)" "a merge revision joins them"
run migrate rebase --onto main
exits 0 "and is no merge"
prints "x: revises a -> c (" "once the chain stands on main's head"
prints "m: revises y, c -> y (" "whose ancestor its other parent is"
run migrate history -r c:
same "$out" "y -> m (head), merge
x -> y, ry
c -> x, rx
b -> c, rc" "one line"

two_branches heads
git_checkout main >/dev/null
sql d a && git_commit "a second head" >/dev/null
git_checkout work >/dev/null
run migrate rebase --onto main
exits 1 "several heads"
says "'x' revises 'a', on which main has several heads" "are named"
says "'d' in '$PWD/migrations/versions/d_rd.sql'" "with their files"
says "--head c" "and what to pass"
same "$(git status --porcelain)" "" "nothing was written"
run migrate rebase --onto main --head d
prints "x: revises a -> d (" "--head chooses"
run migrate rebase --onto main --head b
exits 1 "a revision that is no head"
says "'b' is not one head of main" "is refused"

# --- both began without revisions ---
new_project fresh
sed -i '/^url/d' migrate.ini
git_init && git_commit "nothing yet" >/dev/null
git_switch work >/dev/null
sql x "" && git_commit "ours" >/dev/null
git_checkout main >/dev/null
sql b "" && git_commit "theirs" >/dev/null
git_checkout work >/dev/null
run migrate rebase --onto main
prints "x: revises <base> -> b (" "two first revisions become a line"

# --- a file that both have ---
two_branches both
printf -- '-- edited here\n' >>migrations/versions/a_ra.sql
run migrate rebase --onto main
same "$(git status --porcelain)" " M migrations/versions/a_ra.sql
 M migrations/versions/x_rx.sql" "a file of both sides is left alone"

# --- clones, worktrees, folders ---
two_branches odd
git checkout -q --detach
run migrate rebase --onto main --dry-run
prints "x: revises a -> c (migrations/versions/x_rx.sql)" "a detached HEAD"
git_checkout work >/dev/null && git_pack
run migrate rebase --onto "$(git rev-parse --short main)" --dry-run
prints "x: revises a -> c (" "packed objects, a short id"
git_worktree "$WORK/odd-tree" third >/dev/null && cd "$WORK/odd-tree" || exit 1
run migrate rebase --onto main
prints "x: revises a -> c (migrations/versions/x_rx.sql)" "a worktree"
same "$(git status --porcelain)" " M migrations/versions/x_rx.sql" "its own file changes"
same "$(git -C "$WORK/odd" status --porcelain)" "" "not that of the other"
git_shallow "$WORK/odd" "$WORK/odd-shallow" 1 work >/dev/null && cd "$WORK/odd-shallow" || exit 1
run migrate rebase --onto main
exits 1 "a shallow clone without the branch"
says "main" "names it"
says "fetch" "and what to do"
git fetch -q --depth 1 origin main:refs/remotes/origin/main
run migrate rebase --onto origin/main
prints "x: revises a -> c (" "with the branch alone it suffices"
cd "$WORK" && git_clone --bare "$WORK/odd" bare >/dev/null && cp odd/migrate.ini bare/ && mkdir -p bare/migrations && cd bare || exit 1
run migrate rebase --onto main
exits 1 "a bare repository"
says "is bare" "has no files to change"

# the project in a folder, by way of a link, with two version locations; the branch renames the folder
mkdir "$WORK/mono" && ln -s "$WORK/mono" "$WORK/link" && cd "$WORK/mono" && git_init || exit 1
mkdir -p app/db/one app/db/two && cd app || exit 1
printf '[migrate]\nscript_location = %%(here)s/db\nversion_locations = %%(here)s/db/one %%(here)s/db/two\n' >migrate.ini
located() { printf -- '-- Revision: %s\n-- Revises: %s\n-- Branch-Labels: %s\n\n-- migrate:up\nSELECT 1;\n' "$2" "$3" "${4-}" >"db/$1/$2.sql"; }
located one a1 "" first && located two a2 "" second && git_commit "two lines" >/dev/null
git_switch work >/dev/null && located one x1 a1 && located two x2 a2 && git_commit "ours" >/dev/null
git_checkout main >/dev/null && located one b1 a1 && located two b2 a2 && located two c2 b2 && git_commit "theirs" >/dev/null
git_checkout work >/dev/null && cd "$WORK/link/app/db" || exit 1
run migrate rebase --onto main
exits 0 "two lines in two folders, by way of a link"
same "$(printf '%s\n' "$out" | sort)" "x1: revises a1 -> b1 (app/db/one/x1.sql)
x2: revises a2 -> c2 (app/db/two/x2.sql)" "each goes to its own head"
git checkout -q -- . && cd "$WORK/mono/app" || exit 1
mv db database && sed -i 's|/db|/database|g' migrate.ini && git add -A . && git commit -qm "another folder"
run migrate rebase --onto main
same "$(printf '%s\n' "$out" | sort)" "x1: revises a1 -> b1 (app/database/one/x1.sql)
x2: revises a2 -> c2 (app/database/two/x2.sql)" "also where this branch has renamed the folder"

# one version location is new on this branch, and migrate.ini is not in git
mkdir "$WORK/gap" && cd "$WORK/gap" && git_init && echo migrate.ini >.gitignore && mkdir -p db/one db/two || exit 1
printf '[migrate]\nscript_location = %%(here)s/db\nversion_locations = %%(here)s/db/one %%(here)s/db/two\nurl = sqlite:///%%(here)s/app.db\n' >migrate.ini
located one a1 "" && git_commit "one" >/dev/null
git_switch work >/dev/null && mkdir -p db/two && located two x2 a1 && git_commit "ours" >/dev/null
git_checkout main >/dev/null && located one b1 a1 && git_commit "theirs" >/dev/null
git_checkout work >/dev/null && run migrate rebase --onto main
same "$out" "x2: revises a1 -> b1 (db/two/x2.sql)" "onto a branch without one of several folders"
git checkout -q -- . && migrate -q upgrade heads >/dev/null && git_checkout main >/dev/null && rm -rf db/two
for command in "switch" "switch --ref main"; do
    run migrate $command
    exits 1 "$command takes nothing down for a folder that is not there"
    says "git keeps no empty folder: make it, or correct version_locations" "but says why"
done
mkdir db/two && run migrate switch
exits 0 "and with the folder it does"

# a branch that brings the whole project, onto one that has nothing of it
mkdir "$WORK/bring" && cd "$WORK/bring" && git_init && echo text >readme && git_commit "no project" >/dev/null || exit 1
git_switch work >/dev/null && migrate -q init >/dev/null && sql a "" && git_commit "the project" >/dev/null
run migrate rebase --onto main
same "$out" "nothing to do: 1 revision that main has not, on its heads already" "onto a branch without the project"

# --- a database ---
two_branches applied
export DATABASE_URL=sqlite:///app.db
python3 - <<'P'
lines = [l for l in open('migrate.ini') if not l.startswith('url')]
at = lines.index('[migrate]\n')
lines.insert(at + 1, 'url = ${DATABASE_URL}\n')
open('migrate.ini', 'w').writelines(lines)
P
run migrate rebase --onto main --dry-run
exits 0 "a database that does not exist yet"
[ ! -e app.db ]; ok "is not made"
run migrate upgrade heads
exits 0 "the branch is applied"
run migrate rebase --onto main
exits 1 "what is applied"
says "'x' in '$PWD/migrations/versions/x_rx.sql' is applied in sqlite:///" "is refused: what, where"
says "migrate downgrade a" "and what to do"
same "$(header x)" a "nothing was written"
run migrate rebase --onto main --dry-run
exits 1 "a dry run says the same"
run migrate downgrade a
exits 0 "downgrade as it says"
run migrate rebase --onto main
exits 0 "then it works"
git checkout -q -- migrations
sql z y && migrate -q upgrade heads && rm migrations/versions/z_*
run migrate rebase --onto main
exits 1 "applied below a revision that no file here has"
says "'x' in" "by the history table"
export DATABASE_URL=postgresql://nobody@127.0.0.1:1/none
run migrate rebase --onto main
exits 1 "a database that cannot be reached"
says "pass --no-database" "says how not to ask"
same "$(header x)" a "nothing was written"
run migrate rebase --onto main --no-database
exits 0 "--no-database"
same "$(header x)" c "writes"
unset DATABASE_URL

# --- which branch ---
two_branches default
run migrate rebase
exits 1 "no remote"
says "name it with --onto REF" "says what to pass"
run env GITHUB_BASE_REF=main "$MIGRATE" rebase --dry-run
prints "x: revises a -> c" "the target of the pull request"
run env GITHUB_BASE_REF=mian "$MIGRATE" rebase --dry-run
exits 1 "a target that is not here"
says "GITHUB_BASE_REF is 'mian'" "is named with the variable"
run env SYSTEM_PULLREQUEST_TARGETBRANCH=refs/heads/main "$MIGRATE" rebase --dry-run
prints "x: revises a -> c" "as Azure names it"
run env CI_MERGE_REQUEST_TARGET_BRANCH_NAME=nowhere CI_MERGE_REQUEST_DIFF_BASE_SHA="$(git rev-parse main)" "$MIGRATE" rebase --dry-run --json
prints "$(git rev-parse main)" "GitLab's commit where its branch was not fetched"
git_checkout main >/dev/null
git_clone "$PWD" ../default-clone
cd ../default-clone || exit 1
git checkout -q -b work origin/work
run migrate -v rebase
prints "x: revises a -> c" "the remote's default branch"
says "onto origin/main: the remote's default branch" "is told with -v"
run migrate rebase --onto nowhere
exits 1 "a REF that is not there"
says "nowhere" "is named"

# --- on the base branch itself, outside of a repository, in a bare one ---
two_branches same
git_checkout main >/dev/null
run migrate rebase --onto main
same "$out" "nothing to do: main has all revisions that are here" "on the branch itself"
git_checkout work >/dev/null
sql q nowhere
run migrate rebase --onto main
exits 1 "a parent that is nowhere"
says "'q' in '$PWD/migrations/versions/q_rq.sql' revises 'nowhere', which neither main nor this folder has" "is named"
new_project without
run migrate rebase --onto main
exits 1 "without a repository"
says "without" "says so"

# --- --commit and --stage ---
two_branches commit
echo other >other.txt && git add other.txt
run migrate rebase --onto main --commit --stage
exits 2 "--commit and --stage"
run migrate rebase --onto main --commit --json
exits 0 "--commit"
same "$(printf '%s' "$out" | python3 -c 'import json, sys; print(json.load(sys.stdin)["commit"])')" "$(git rev-parse HEAD)" "names the commit"
same "$(git show --stat --format=%s HEAD | sed -n '1p;3p')" "Rebase revision x onto the head of main
 migrations/versions/x_rx.sql | 2 +-" "of this file alone"
same "$(git status --porcelain)" "A  other.txt" "what was staged stays staged"
two_branches stage
run migrate rebase --onto main --stage
exits 0 "--stage"
same "$(git status --porcelain)" "M  migrations/versions/x_rx.sql" "the file is staged"
two_branches hooked
mkdir -p .git/hooks && printf '#!/bin/sh\n' >.git/hooks/pre-commit && chmod +x .git/hooks/pre-commit
run migrate rebase --onto main --commit
exits 1 "--commit where a hook has to run"
says "pre-commit" "names the hook"
same "$(git status --porcelain)" "" "and nothing was written"
finish

#!/usr/bin/env bash
# revision and merge --commit and --stage; the git program cross-checks.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/git.sh"
command -v git >/dev/null; ok "the git program is there, to cross-check"

files() { git show --name-status --format= "${1:-HEAD}"; }
versions() { ls migrations/versions 2>/dev/null; }
project() { # NAME: with one commit, and something staged beside
    new_project "$1"
    git_init && git_commit "the first" >/dev/null
    git_config user.name Grace && git_config user.email grace@example.org
    echo other >other.txt && git add other.txt
}

project plain
run migrate revision -m "add orders" --rev-id aaaa --commit
exits 0 "revision --commit"
same "$out" "$PWD/migrations/versions/aaaa_add_orders.sql" "prints the path alone"
says "committed as $(git rev-parse HEAD)" "and tells the commit"
same "$(git log -1 --format='%an <%ae> %cn: %B' | head -1)" "Grace <grace@example.org> Grace: add orders" "by the configured identity, with the message"
same "$(files)" "A	migrations/versions/aaaa_add_orders.sql" "the file alone"
same "$(git status --porcelain)" "A  other.txt" "what was staged stays staged"
git fsck --strict >/dev/null 2>&1; ok "git finds the repository sound"
run migrate revision --rev-id bbbb --commit --json
exits 0 "with --json"
same "$(printf '%s' "$out" | python3 -c 'import json, sys; d = json.load(sys.stdin); print(d["commit"], d["staged"])')" "$(git rev-parse HEAD) False" "the document names the commit"
same "$(git log -1 --format=%s)" "Add revision bbbb" "without a message"
run migrate revision -m "more" --rev-id cccc --stage --json
exits 0 "--stage"
same "$(printf '%s' "$out" | python3 -c 'import json, sys; d = json.load(sys.stdin); print(d["commit"], d["staged"])')" "None True" "the document says so"
same "$(git status --porcelain)" "A  migrations/versions/cccc_more.sql
A  other.txt" "the file is in the index"
run migrate revision -m "two
lines" --rev-id dddd --format ops --commit
exits 0 "a message of two lines, operations"
same "$(git log -1 --format=%B)" "two
lines" "is the commit's"
same "$(files)" "A	migrations/versions/dddd_two_lines.json" "the file"
run migrate revision -m x --commit --stage
exits 2 "both options"
says "exclude each other" "is wrong usage"

project merge
migrate revision --rev-id aaaa --commit -q >/dev/null
migrate revision --rev-id b1 --head aaaa --commit -q >/dev/null
migrate revision --rev-id b2 --head aaaa --splice --commit -q >/dev/null
run migrate merge -m "join" --rev-id mmmm --commit --json
exits 0 "merge --commit"
same "$(printf '%s' "$out" | python3 -c 'import json, sys; print(json.load(sys.stdin)["commit"])')" "$(git rev-parse HEAD)" "names the commit"
same "$(git log -1 --format=%s) $(files)" "join A	migrations/versions/mmmm_join.sql" "which has the file"
same "$(git rev-list --count HEAD)" 5 "each was a commit"

# --- hooks of migrate run first ---
project formatted
cat >>migrate.ini <<'E2'
[post_write_hooks]
hooks = stamp
stamp.type = exec
stamp.executable = sh
stamp.options = -c "echo '-- formatted' >>REVISION_SCRIPT_FILENAME"
E2
run migrate revision -m "hooked" --rev-id aaaa --commit
exits 0 "with a post-write hook"
git show HEAD:migrations/versions/aaaa_hooked.sql | grep -q '^-- formatted'; ok "what it did is committed"
sed -i 's/echo/false; exit 3; echo/' migrate.ini
head=$(git rev-parse HEAD)
run migrate revision -m "failing" --rev-id bbbb --commit
exits 1 "a hook that fails"
same "$(git rev-parse HEAD)" "$head" "ends it before the commit"

# --- refused before anything is written ---
refused() { # WORDS NAME [OPTION]
    run migrate revision -m "refused" ${3:---commit}
    exits 1 "$2"
    says "$1" "is told"
    says "nothing was written" "and that nothing was written"
    same "$(versions)" "" "nothing was"
}
project identity
git config --unset user.name
refused "user.name" "no identity"
run env GIT_AUTHOR_NAME=Env GIT_AUTHOR_EMAIL=e@example.org GIT_COMMITTER_NAME=Env GIT_COMMITTER_EMAIL=e@example.org "$MIGRATE" revision -m "by the environment" --commit
exits 0 "an identity of the environment"
same "$(git log -1 --format=%an)" Env "is taken"
project signed
git_config commit.gpgsign true
refused "commit.gpgsign" "commits that have to be signed"
run migrate revision -m "staged" --stage
exits 0 "can be staged"
project hook
mkdir -p .git/hooks && printf '#!/bin/sh\n' >.git/hooks/commit-msg && chmod +x .git/hooks/commit-msg
refused "commit-msg" "a hook of git"
chmod -x .git/hooks/commit-msg
run migrate revision -m "no hook" --commit
exits 0 "one that is not executable does not count"
project merging
git branch -q side && git commit -qm "here" && git checkout -q side && echo side >other.txt && git add other.txt && git commit -qm "there" && git checkout -q main
git -c merge.conflictStyle=merge merge -q side >/dev/null 2>&1
refused "a merge is in progress" "a merge in progress"
project locked
touch .git/index.lock
refused "index.lock" "an index that is locked"
refused "index.lock" "also for --stage" --stage
rm .git/index.lock && touch .git/refs/heads/main.lock
refused "refs/heads/main.lock" "a branch that is locked"
rm .git/refs/heads/main.lock && git checkout -q --detach && touch .git/HEAD.lock
refused "HEAD.lock" "a detached HEAD that is locked"
project filtered
printf '*.sql filter=crypt\n' >.gitattributes && git_config filter.crypt.clean cat
refused "crypt" "a filter that only git runs" --stage
new_project outside
run migrate revision -m "refused" --commit
exits 1 "no repository"
says "git repository" "is told"
same "$(versions)" "" "and nothing written"

# --- where ---
new_project unborn
git_init && git_config user.name Grace && git_config user.email grace@example.org
run migrate revision -m "the very first" --commit
exits 0 "the first commit of a repository"
same "$(git log --format=%s)" "the very first" "is this file's"
project detached
git checkout -q --detach
run migrate revision -m "on no branch" --commit
exits 0 "a detached HEAD"
same "$(git log -1 --format=%s)" "on no branch" "moves"
project ignored
echo migrations/ >.gitignore
run migrate revision -m "ignored" --commit
exits 0 "an ignored folder"
same "$(files | cut -f1)" A "is committed all the same"
mkdir -p "$WORK/sub/deep" && cd "$WORK/sub" && git_init && git_config user.name G && git_config user.email g@example.org && cd deep || exit 1
migrate -q init >/dev/null
run migrate revision -m "below" --rev-id aaaa --commit
exits 0 "a project below the root"
same "$(files)" "A	deep/migrations/versions/aaaa_below.sql" "has its path"
finish

#!/usr/bin/env bash
# The recipes for CI in the README and in migrate-git(7): their shell lines, run in clones as CI makes them.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/git.sh"
recipes() { python3 "$ROOT/tests/support/recipes.py" "$ROOT/README.md" "$ROOT/man/migrate-git.7" "$@"; }
recipes compare
ok "README and man page say the same"
mkdir "$WORK/bin" && ln -s "$MIGRATE" "$WORK/bin/migrate"

# recipe NAME [JOB]: in a home of its own, as a container has one
recipe() {
    recipes "$@" >"$WORK/script" || return 1
    rm -rf "$WORK/ci-home" && mkdir "$WORK/ci-home"
    HOME=$WORK/ci-home XDG_CONFIG_HOME=$WORK/ci-home PATH=$WORK/bin:$PATH sh "$WORK/script"
}
lines() { recipes "$@" | grep -cvE "^(sh -e|STEP)"; }
same "$(lines check-migrations.yml) $(lines upgrade.yml) $(lines rollback.yml)" "2 3 3" "the shell lines of GitHub's recipes"
same "$(lines .gitlab-ci.yml check-migrations) $(lines .gitlab-ci.yml upgrade) $(lines .gitlab-ci.yml rollback)" "2 3 3" "and of GitLab's"
# Another user's files, where we may make them so.
foreign() { [ "$(id -u)" != 0 ] || chown -R 12345:12345 .; }
sql() { printf -- '-- migrate:up\nCREATE TABLE t_%s (id INTEGER);\n\n-- migrate:down\nDROP TABLE t_%s;\n' "$1" "$1" | revision_file "$1" "$2" "r$1"; }

# --- the repository: v1 has a, main has b on it, the pull request x on a ---
new_project origin
sed -i 's|^url.*|url = ${DATABASE_URL}|' migrate.ini
sql a ""
git_init && git_commit "release 1" >/dev/null && git_tag v1 >/dev/null
git_switch work >/dev/null && sql x a && git_commit "a pull request" >/dev/null
git_checkout main >/dev/null && sql b a && git_commit "main goes on" >/dev/null
git_switch good >/dev/null && sql y b && git_commit "a good pull request" >/dev/null
git_checkout main >/dev/null
export DATABASE_URL=sqlite:///$WORK/production.db

# GitHub checks out the merge of both, on no branch.
github_pull() { # BRANCH
    cd "$WORK" && rm -rf pull && git_clone "$WORK/origin" pull && cd pull || exit 1
    git checkout -q --detach origin/main && git -c user.name=G -c user.email=g@example.org merge -q -m "Merge" "origin/$1" || exit 1
    export GITHUB_ACTIONS=true GITHUB_BASE_REF=main GITHUB_HEAD_REF=$1 GITHUB_WORKSPACE=$PWD
    foreign
}
github_pull work
if [ "$(id -u)" = 0 ]; then
    run env HOME="$WORK/nobody" "$MIGRATE" check --base
    exits 1 "another user's repository"
    says "safe.directory" "names what to set"
fi
run recipe check-migrations.yml
exits 3 "GitHub: a pull request that makes two heads"
prints "::error file=migrations/versions/x_rx.sql" "has an annotation at its file"
github_pull good
run recipe check-migrations.yml
exits 0 "GitHub: one that does not"
unset GITHUB_ACTIONS GITHUB_BASE_REF GITHUB_HEAD_REF

# GitLab checks out the branch's commit, on no branch.
gitlab_pull() { # BRANCH
    cd "$WORK" && rm -rf request && git_clone "$WORK/origin" request && cd request || exit 1
    git checkout -q --detach "origin/$1" || exit 1
    export GITLAB_CI=true CI_PIPELINE_SOURCE=merge_request_event CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main CI_PROJECT_DIR=$PWD
    foreign
}
gitlab_pull work
run recipe .gitlab-ci.yml check-migrations
exits 3 "GitLab: a merge request that makes two heads"
same "$(python3 -c 'import json; print({f["location"]["path"] for f in json.load(open("gl-code-quality-report.json"))})')" \
    "{'migrations/versions/x_rx.sql'}" "has a code quality report"
gitlab_pull good
run recipe .gitlab-ci.yml check-migrations
exits 0 "GitLab: one that does not"
same "$(python3 -c 'import json; print(json.load(open("gl-code-quality-report.json")))')" "[]" "has an empty report"
unset CI_PIPELINE_SOURCE CI_MERGE_REQUEST_TARGET_BRANCH_NAME

# --- upgrade and rollback ---
deployed() { sqlite3 "$WORK/production.db" "SELECT group_concat(version_num) FROM migrate_version"; }
clone() { # FOLDER REF
    cd "$WORK" && rm -rf "$1" && git_clone "$WORK/origin" "$1" && cd "$1" && git checkout -q --detach "$2" || exit 1
    foreign
}
clone deploy origin/main
GITHUB_SHA=$(in_git "$WORK/origin" git_id main)
export GITHUB_SHA GITHUB_WORKSPACE=$PWD
run recipe upgrade.yml
exits 0 "GitHub: upgrade on deploy"
same "$(deployed)" b "the database is at main's head"
sqlite3 "$WORK/production.db" .dump | grep -q "\[$GITHUB_SHA\]"; ok "the history has the commit"
run recipe upgrade.yml
exits 0 "GitHub: again, with nothing to do"
clone back v1
export RELEASE=v1 GITHUB_WORKSPACE=$PWD
run recipe rollback.yml
exits 0 "GitHub: rollback"
same "$(deployed)" a "the database is at the older release's head"
same "$(sqlite3 "$WORK/production.db" "SELECT count(*) FROM sqlite_schema WHERE name = 't_b'")" 0 "what came later is gone"
run recipe rollback.yml
exits 0 "GitHub: again, with nothing to do"
clone deploy origin/main
CI_COMMIT_SHA=$GITHUB_SHA CI_PROJECT_DIR=$PWD
export CI_COMMIT_SHA CI_PROJECT_DIR
run recipe .gitlab-ci.yml upgrade
exits 0 "GitLab: upgrade on deploy"
same "$(deployed)" b "the database is at main's head"
clone back v1
export CI_COMMIT_TAG=v1 CI_PROJECT_DIR=$PWD
run recipe .gitlab-ci.yml rollback
exits 0 "GitLab: rollback"
same "$(deployed)" a "the database is at the older release's head"
finish

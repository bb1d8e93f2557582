#!/bin/bash
# A database that stands at revisions which versions/ lacks: they are found in git, and taken down.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/git.sh"

# A project with revision 0001 on main, 0002 and 0003 on the branch billing, where the database stands; main is
# checked out. The repository's root is above the project.
project() { # NAME
    git_init "$WORK/$1" && mkdir -p "$WORK/$1/db" && cd "$WORK/$1/db" || exit 1
    migrate -q init --url sqlite:///app.db >/dev/null
    echo 'app.db*' >../.gitignore
    rm -f migrations/versions/*
    revision_file 0001 '' users <<<$'-- migrate:up\nCREATE TABLE users (id INTEGER);\n-- migrate:down\nDROP TABLE users;'
    git_commit "users" >/dev/null
    git_switch billing
    revision_file 0002 0001 bills <<<$'-- migrate:up\nCREATE TABLE bills (id INTEGER);\n-- migrate:down\nDROP TABLE bills;'
    revision_file 0003 0002 lines <<<$'-- migrate:up\nCREATE TABLE lines (id INTEGER);\n-- migrate:down\nDROP TABLE lines;'
    COMMIT=$(by "Grace <grace@example.org>" 2026-02-03T04:05:06Z git_commit "bills")
    SHORT=$(printf %.8s "$COMMIT")
    migrate -q upgrade head >/dev/null
    git_checkout main
}
forget() { sqlite3 app.db 'DROP TABLE migrate_history'; }
at_0001() { # NAME: nothing is left of the branch
    same "$(migrate current 2>/dev/null)" "0001 (head)" "$1"
    same "$(sqlite3 app.db "SELECT count(*) FROM sqlite_master WHERE name IN ('bills', 'lines')")" 0 "and its tables are gone"
}

# ---- the history table has the way down, git says where it lives ----
project recorded
run migrate status
exits 3 "status finds what is missing"
prints "0003	missing" "and names it"
prints "it is on branch 'billing', commit $SHORT by Grace <grace@example.org>, 2026-02-03" "with branch, commit and author"
run migrate --json status
exits 3 "the same as JSON"
same "$(jq -r '.revisions[] | select(.revision == "0003") | .found_in | .path, .commit, .author, .date, (.references | join(",")), .matches' <<<"$out")" \
    "db/migrations/versions/0003_lines.sql
$COMMIT
Grace <grace@example.org>
2026-02-03T04:05:06+00:00
billing
bytes" "found_in tells all of it"
same "$(jq -r '.revisions[] | select(.revision == "0003") | .found_in.blob' <<<"$out")" \
    "$(git -C "$WORK/recorded" rev-parse billing:db/migrations/versions/0003_lines.sql)" "and the blob that git itself says"
same "$(jq -r '.revisions[] | select(.revision == "0001") | .found_in' <<<"$out")" null "what has a file is not looked for"
run migrate current
exits 0 "current"
same "$out" "0003 (not in versions/: on branch 'billing', commit $SHORT)" "shows where the row's file is"
run migrate current --check-heads
exits 3 "that is not at head"
run migrate --json current
same "$(jq -c '[.at_head, .missing[0].revision, .missing[0].found_in.commit]' <<<"$out")" "[false,\"0003\",\"$COMMIT\"]" "current as JSON"
run migrate history -i
exits 0 "history"
same "$out" "0002 -> 0003 (current) (not in versions/: on branch 'billing', commit $SHORT), lines
0001 -> 0002 (not in versions/: on branch 'billing', commit $SHORT), bills
<base> -> 0001 (head), users" "has the missing ones in their places"
run migrate history -r base:current
prints "0002 -> 0003 (not in versions/: on branch" "also in a range up to where the database stands"
run migrate --json history -i
same "$(jq -r '.nodes[0].found_in.commit, .nodes[0].path, .nodes[2].found_in' <<<"$out")" "$COMMIT
null
null" "and as JSON"
same "$(migrate history)" "<base> -> 0001 (head), users" "without the database it is the files'"
revision_file 0004 0001 other <<<$'-- migrate:up\nCREATE TABLE other (id INTEGER);\n-- migrate:down\nDROP TABLE other;'
run migrate upgrade head
exits 1 "upgrade with two heads does not run"
says "'0003' has no file here (applied 20" "it says what is missing, and when it was applied"
says "on branch 'billing', commit $SHORT by Grace <grace@example.org>, 2026-02-03" "on which branch, in which commit, by whom"
says "migrate switch" "how to go to what is here"
says "migrate downgrade 0003-1" "how to take it down"
says "git merge billing" "how to bring it here"
run migrate downgrade --dry-run 0001
exits 0 "the way down can be looked at"
prints "down script of '0003' in table 'migrate_history'" "it is the recorded one"
prints "on branch 'billing', commit $SHORT" "and says where the file lives"
run migrate downgrade 0001
exits 0 "down to a file that is here"
same "$(migrate current)" "0001" "where it stands now"

# ---- the history table is gone: the files of git are the way down ----
project forgotten
forget
run migrate current
same "$out" "0003 (not in versions/: on branch 'billing', commit $SHORT)" "current without history"
run migrate status
prints "0002	missing" "the ancestors are found, too"
run migrate downgrade --dry-run 0001
prints "$SHORT:db/migrations/versions/0003_lines.sql:" "the plan names git's file"
run migrate downgrade 0001
exits 0 "down by the files of git"
at_0001 "at 0001"

# ---- packed, remote branch only, tag only, detached, deleted, renamed, shallow ----
project packed
git_pack
forget
run migrate downgrade 0001
exits 0 "packed objects and references"
at_0001 "at 0001 by a pack"

project origin
git_clone "$WORK/origin" "$WORK/copy"
cp app.db "$WORK/copy/db/"
cd "$WORK/copy/db" || exit 1
forget
run migrate current
prints "on remote branch 'origin/billing', commit $SHORT" "only a remote branch has it"
run migrate downgrade 0001
exits 0 "down from there"
at_0001 "at 0001 by a remote branch"

project tagged
git_tag v1 billing "the first"
git -C "$WORK/tagged" branch -qD billing
forget
run migrate current
prints "on tag 'v1', commit $SHORT" "only a tag has it"
git_checkout "$(git_id)"
run migrate downgrade 0001
exits 0 "down from there, with a detached HEAD"
at_0001 "at 0001 by a tag"

project deleted
git -C "$WORK/deleted" branch -qD billing
rm -rf "$WORK/deleted/.git/logs"
run migrate current
prints "0003 (not in versions/: in no commit that is known, only as blob " "the branch is deleted, the recorded blob is in the object database"
run migrate downgrade 0001
exits 0 "down by what is recorded"

project renamed
git_checkout billing
mv migrations/versions moved
mkdir migrations/versions
git_commit "another folder" >/dev/null
git_checkout main
mkdir -p migrations/versions
forget
run migrate downgrade 0001
exits 0 "a renamed folder"
at_0001 "at 0001 by another folder"

project past
git_checkout billing
rm migrations/versions/0003_lines.sql
git_commit "no lines" >/dev/null
git_checkout main
run migrate current
prints "in the past of branch 'billing', commit $SHORT" "a file that its branch has deleted"
forget
run migrate downgrade 0001
exits 0 "is found in the past"

project shallow
echo '# more' >>migrations/models.json
git_commit "another commit" >/dev/null
git_shallow "$WORK/shallow" "$WORK/depth" 1 main
cp app.db "$WORK/depth/db/"
cd "$WORK/depth/db" || exit 1
run migrate downgrade --dry-run 0001
exits 0 "in a shallow clone the recorded way down is there"
forget
run migrate downgrade 0001
exits 1 "without it, nothing is known"
says "git fetch --unshallow" "and the message says what to fetch"
says "migrate stamp --purge" "and what remains as the last way"

project partial
git_merge billing >/dev/null
rm migrations/versions/000[23]_*
git_commit "no billing" >/dev/null
git_partial "$WORK/partial" "$WORK/filtered"
cp app.db "$WORK/filtered/db/"
cd "$WORK/filtered/db" || exit 1
run migrate current
exits 0 "in a partial clone current answers"
run migrate downgrade --dry-run 0001
exits 0 "and the recorded way down is there"
forget
run migrate downgrade 0001
exits 1 "without it, the file is not here"
says "git fetch --refetch --no-filter" "and the message says what to fetch"

# ---- what is recorded, and what git has ----
project edited
git_checkout billing
sed -i 's/lines (id INTEGER)/lines (id BIGINT)/' migrations/versions/0003_lines.sql
git_commit "edited" >/dev/null
git_checkout main
run migrate current
prints "in the past of branch 'billing', commit $SHORT" "the recorded blob is what is looked for first"
sqlite3 app.db "UPDATE migrate_history SET blob_id = '0123456789012345678901234567890123456789' WHERE revision = '0003'"
run migrate status
prints "other statements than those applied are on branch 'billing'" "another text is told"
run migrate downgrade 0002
exits 0 "and what was recorded is what runs"
says "says other statements than those applied, so that one is not used" "as the warning says"

# ---- nowhere ----
project nowhere
sqlite3 app.db "UPDATE migrate_version SET version_num = 'feed'; DELETE FROM migrate_history"
run migrate upgrade head
exits 1 "a revision that nobody knows"
says "(branches: 2, remote branches: 0, tags: 0)" "the message says where it was looked for"
says "git fetch --tags origin" "and what might help"
run migrate current
exits 0 "current answers all the same"
same "$out" "feed (not in versions/, and found nowhere)" "with what it knows"
rm -rf "$WORK/nowhere/.git"
run migrate downgrade 0001
exits 1 "without a repository"
says "migrate.ini is in no repository" "that is what is said"

finish

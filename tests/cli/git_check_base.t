#!/bin/bash
# check --base: the revisions of a merge that nobody has made, in real repositories.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/git.sh"

# sql ID PARENT NAME [FOLDER] [LINE OF HEADER]: a revision file that makes a table.
sql() {
    local folder=${4:-migrations/versions}
    mkdir -p "$folder"
    printf -- '-- Message: %s\n-- Revision: %s\n-- Revises: %s\n%s-- migrate:up\nCREATE TABLE t_%s (a INTEGER);\n-- migrate:down\nDROP TABLE t_%s;\n' \
        "$3" "$1" "$2" "${5:+$5
}" "$1" "$1" >"$folder/$1_$3.sql"
}
# base NAME: a repository with two revisions on main; leaves us on its branch "work", by Grace.
base() {
    new_project "$1" || exit 1
    git_init
    sql aa01 "" one
    sql aa02 aa01 two
    git_commit "two revisions" >/dev/null
    git_switch work
}
commit() { by "Grace <grace@example.org>" git_commit "$1" >/dev/null; }
on() { git_checkout "$1"; }
# findings [OPTIONS]: "LEVEL KIND REVISION FILE:LINE AUTHOR OTHER AUTHOR", a line each.
findings() {
    run migrate check "${@:---base=main}" --json
    printf '%s' "$out" | python3 -c '
import json, sys
def author(commit): return commit["author"].split()[0] if commit else "-"
for f in json.load(sys.stdin)["findings"]:
    o = f["other"]
    print(f["level"], f["kind"], f["revision"] or "-", "%s:%s" % (f["file"], f["line"]), author(f["commit"]),
          o["file"] if o else "-", author(o["commit"]) if o else "-")' | sed 's:migrations/versions/::g'
}
finds() { # NAME EXPECTED [OPTIONS]
    local name=$1 expected=$2
    shift 2
    findings "$@" >"$WORK/.found"
    same "$(cat "$WORK/.found")" "$expected" "$name"
    [ "$(cat "$WORK/.found")" = "$expected" ] || explain
}

# --- nothing wrong ---
base good
run migrate check --base main
exits 0 "nothing new"
prints "is good: 0 new revisions" "and it says so"
sql bb01 aa02 new
commit "a revision"
run migrate check --base main
exits 0 "one more revision on main's head"
prints "the merge of 'work' (" "both sides are named"
prints "is good: 1 new revision" "new revisions are counted"
run migrate check --base main --url postgresql://nobody@127.0.0.1:1/none
exits 0 "no database is asked"

# --- heads and parents ---
base heads
sql bb01 aa02 ours
commit "ours"
on main
sql cc01 aa02 theirs
git_commit theirs >/dev/null
on work
run migrate check --base main
exits 3 "two heads"
prints "error: 2 heads after the merge: 'bb01' and 'cc01' of main" "are an error"
prints "migrations/versions/bb01_ours.sql:3 (" "with file and line"
prints " by Grace <grace@example.org>, 2026-01-01)" "commit and author"
prints "beside: migrations/versions/cc01_theirs.sql:3 (" "and the other side's"
prints "do: migrate rebase --onto main" "and what to do"
finds "all of it as JSON" "error heads bb01 bb01_ours.sql:3 Grace cc01_theirs.sql Ada
warning parent bb01 bb01_ours.sql:3 Grace cc01_theirs.sql Ada"
# Against git itself: the merge is clean as far as git knows.
git merge-tree --write-tree work main >/dev/null; ok "git finds nothing wrong with this merge"
run migrate check --base=main -q
exits 3 "--base=REF is the same"
# HEAD is the merge already, as in a checkout of refs/pull/N/merge.
git_switch pull
git_merge main >/dev/null
finds "the same of a HEAD that is the merge" "error heads bb01 bb01_ours.sql:3 Grace cc01_theirs.sql Ada
warning parent bb01 bb01_ours.sql:3 Grace cc01_theirs.sql Ada"
git_checkout "$(git_id work)"
finds "and of a detached HEAD" "error heads bb01 bb01_ours.sql:3 Grace cc01_theirs.sql Ada
warning parent bb01 bb01_ours.sql:3 Grace cc01_theirs.sql Ada"
prints '"ref": "HEAD"' "which is called HEAD"
on main
finds "the other way round" "error heads cc01 cc01_theirs.sql:3 Ada bb01_ours.sql Grace
warning parent cc01 cc01_theirs.sql:3 Ada bb01_ours.sql Grace" --base work
finds "of another commit than HEAD" "error heads bb01 bb01_ours.sql:3 Grace cc01_theirs.sql Ada
warning parent bb01 bb01_ours.sql:3 Grace cc01_theirs.sql Ada" --base main --ref work
on work
git_merge main >/dev/null
sql dd01 "bb01, cc01" join
commit "a merge revision"
finds "a merge revision joins them" ""

# A criss-cross: both were merged into each other.
base crisscross
sql bb01 aa02 ours
commit ours
git_branch before work
on main
git_merge work >/dev/null
sql cc01 bb01 theirs
git_commit theirs >/dev/null
on work
git_merge main >/dev/null
sql dd01 cc01 more
commit more
on main
echo more >notes.txt
git_commit notes >/dev/null
git_merge before >/dev/null
sql ee01 cc01 other
git_commit other >/dev/null
on work
finds "a criss-cross merge" "error heads dd01 dd01_more.sql:3 Grace ee01_other.sql Ada
warning parent dd01 dd01_more.sql:3 Grace ee01_other.sql Ada"

# --- duplicates ---
base duplicate
sql bb01 aa02 ours
commit ours
on main
sql bb01 aa02 theirs
git_commit theirs >/dev/null
on work
finds "one id in two files" "error duplicate bb01 bb01_ours.sql:2 Grace bb01_theirs.sql Ada"
prints "give 'migrations/versions/bb01_ours.sql' another id" "and what to do"

# --- edited ---
base edited
sed -i 's/INTEGER/BIGINT/' migrations/versions/aa01_one.sql
commit edit
finds "an edited revision" "error edited aa01 aa01_one.sql:5 Grace aa01_one.sql Ada"
prints "git checkout main -- :/migrations/versions/aa01_one.sql" "and how to take it back"
git_checkout main && git_switch comments
sed -i -e 's/$/\r/' -e 's/^CREATE TABLE/-- why\n  CREATE \/* a *\/ TABLE/' migrations/versions/aa01_one.sql
commit comments
finds "comments, white space and line ends do not count" ""
exits 0 "they are no finding"
git_checkout main && git_switch downs
sed -i 's/DROP TABLE/DROP TABLE IF EXISTS/' migrations/versions/aa01_one.sql
commit down
finds "the way down alone is a note" "note edited aa01 aa01_one.sql:7 Grace aa01_one.sql Ada"
exits 0 "and a note is no failure"
git_checkout main && git_switch header
sed -i 's/^-- Revises: aa01/-- Revises:/' migrations/versions/aa02_two.sql
commit header
findings >/dev/null
prints "'Revises' was changed from 'aa01' to ''" "a header that was changed"
git_checkout main && git_switch id
sed -i 's/^-- Revision: aa02/-- Revision: ab02/' migrations/versions/aa02_two.sql
commit id
finds "an id that was changed" "error edited aa02 aa02_two.sql:2 Grace aa02_two.sql Ada"
git_branch innocent main
git_checkout main
sed -i 's/INTEGER/TEXT/' migrations/versions/aa01_one.sql
git_commit "edit on main" >/dev/null
git_checkout work
findings >/dev/null
prints "both sides edited it, and the edits conflict" "edits of both sides in conflict"
git_checkout innocent
finds "an edit of theirs is none of ours" ""

# --- gone and moved ---
base gone
rm migrations/versions/aa02_two.sql
commit away
finds "a deleted revision" "error deleted aa02 aa02_two.sql:1 Grace aa02_two.sql Ada"
prints "git checkout main -- :/migrations/versions/aa02_two.sql" "and how to bring it back"
git_checkout main && git_switch moved
mv migrations/versions/aa02_two.sql migrations/versions/0002_two.sql
commit move
finds "a renamed file" "warning renamed aa02 0002_two.sql:1 Grace aa02_two.sql Ada"
exits 3 "is a warning"
git_checkout main && git_switch folder
mkdir db && mv migrations db/history && sed -i 's:^script_location.*:script_location = %(here)s/db/history:' migrate.ini
sql bb01 aa02 new db/history/versions
commit "the whole folder"
finds "a renamed folder is one note" "note renamed - db/history/versions/aa01_one.sql:1 Grace aa01_one.sql Ada"
exits 0 "and no failure"
git_checkout main
sql cc01 aa02 late
git_commit "into the old folder" >/dev/null
git_checkout folder
# As git does it, the merge has it in the renamed folder.
finds "a revision that comes into the former folder goes along" "error heads bb01 db/history/versions/bb01_new.sql:3 Grace cc01_late.sql Ada
warning parent bb01 db/history/versions/bb01_new.sql:3 Grace cc01_late.sql Ada
note renamed - db/history/versions/aa01_one.sql:1 Grace aa01_one.sql Ada"
# A folder that migrate.ini no longer names, though its files stay.
git_checkout main && git_switch unnamed
mkdir other && echo 'version_locations = %(here)s/other' >>migrate.ini
sql ff01 "" first other
commit "another version location"
findings >/dev/null
exits 3 "files in a folder that is no version location any more"
prints "is in 'migrations/versions', which is no version location of the merge's migrate.ini" "are told"
prints "move 'migrations/versions/cc01_late.sql' to a version location" "and that they have to go elsewhere"

# --- what makes no graph ---
base broken
sql bb01 nowhere new
commit "no parent"
finds "a parent that is not there" "error heads bb01 bb01_new.sql:3 Grace aa02_two.sql Ada
error graph bb01 bb01_new.sql:3 Grace - -"
git_checkout main && git_switch bytes
sql bb01 aa01 good
sql bb02 bb01 bad
printf 'SELECT "\377";\n' >>migrations/versions/bb02_bad.sql
sql bb03 aa02 worse
sed -i 's/migrate:up/migrate:upp/' migrations/versions/bb03_worse.sql
commit "files that cannot be read"
findings >/dev/null
prints 'migrations/versions/bb02_bad.sql:8:9: this is no UTF-8 text' "a file that is not UTF-8, with line and column"
prints "migrations/versions/bb03_worse.sql:4: unknown marker 'migrate:upp'" "a marker that is misspelt"
prints "heads after the merge" "the rest is told as well"
git_checkout main && git_switch labels
sql bb01 aa02 one "" "-- Branch-Labels: billing"
commit label
git_checkout main
sql cc01 aa01 two "" "-- Branch-Labels: billing"
git_commit label >/dev/null
git_checkout labels
finds "two labels alike" "error heads bb01 bb01_one.sql:3 Grace cc01_two.sql Ada
error graph bb01 bb01_one.sql:4 Grace cc01_two.sql Ada"

# --- lines of their own ---
base lines
git_checkout main
sql bi01 "" billing "" "-- Branch-Labels: billing"
git_commit "a second line" >/dev/null
git_branch work main
git_checkout work
sql bi02 bi01 more
commit more
git_checkout main
sql aa03 aa02 more
git_commit more >/dev/null
git_checkout work
finds "each line keeps its head" ""
git_checkout main
sql bi03 bi01 other
git_commit other >/dev/null
git_checkout work
findings >/dev/null
prints "2 heads of branch 'billing' after the merge: 'bi02' and 'bi03' of main" "two heads in one of them"
git_checkout main && git_switch both
sql aa04 aa03 end
git_commit "nothing to do with it" >/dev/null
git_checkout main
git_merge work >/dev/null
git_switch later
sql aa05 aa03 end
commit end
finds "heads that the base has by itself are a note" "note heads bi02 bi02_more.sql:3 Grace bi03_other.sql Ada"

# --- conflicts elsewhere, migrate.ini ---
base conflicts
echo ours >notes.txt
sql bb01 aa02 new
commit ours
git_checkout main
echo theirs >notes.txt
git_commit theirs >/dev/null
git_checkout work
finds "conflicts in other files do not matter" ""
git_checkout main
echo '# theirs' >>migrate.ini
git_commit ini >/dev/null
git_checkout work
echo '# ours' >>migrate.ini
commit ini
findings >/dev/null
exits 0 "a conflict in migrate.ini"
prints "'migrate.ini' is in conflict with main" "is a note"

# --- formats of files and folders ---
base several
git_checkout main
echo 'version_locations = %(here)s/migrations/versions %(here)s/more' >>migrate.ini
sql mm01 aa02 more more
cat >more/mm02.json <<'JSON'
{
  "revision": "mm02",
  "down_revision": "mm01",
  "upgrade": [{"op": "drop_table", "table_name": "t_mm01"}],
  "downgrade": []
}
JSON
git_commit "two locations" >/dev/null
git_branch work main
git_checkout work
sed -i 's/t_mm01/t_aa01/' more/mm02.json
commit edit
finds "operations that were edited" "error edited mm02 more/mm02.json:4 Grace more/mm02.json Ada"
sed -i -e 's/t_aa01/t_mm01/' -e 's/"upgrade"/"message": "why",\n  "upgrade"/' more/mm02.json
cat >more/mm03.json <<'JSON'
{"revision": "mm03",
 "down_revision": "mm01", "upgrade": [], "downgrade": []}
JSON
commit "a comment, and a second head"
finds "a parent in JSON" "error heads mm03 more/mm03.json:2 Grace more/mm02.json Ada
warning parent mm03 more/mm03.json:2 Grace more/mm02.json Ada"

# A project that is not at the root.
mkdir "$WORK/mono" && cd "$WORK/mono" && git_init
mkdir services && cd services && migrate -q init --url sqlite:///app.db >/dev/null
sql aa01 "" one
in_git .. git_commit first >/dev/null
in_git .. git_switch work
sql bb01 aa01 two
in_git .. by "Grace <grace@example.org>" git_commit second >/dev/null
in_git .. git_checkout main
sql cc01 aa01 three
in_git .. git_commit third >/dev/null
in_git .. git_checkout work
findings >"$WORK/.found"
same "$(sed 's:services/::g' "$WORK/.found")" "error heads bb01 bb01_two.sql:3 Grace cc01_three.sql Ada
warning parent bb01 bb01_two.sql:3 Grace cc01_three.sql Ada" "a project in a folder of the repository"
prints '"file": "services/migrations/versions/bb01_two.sql"' "paths are relative to the repository's root"

# --- which base ---
in_git "$WORK/heads" git_checkout main
cd "$WORK" && git_clone heads clone && cd clone
export HOME="$WORK/home"
git_fixture branch work origin/work && git_checkout work
run migrate check --base --json
prints '"ref": "origin/main"' "without REF: the remote's default branch"
prints "default branch" "and it is said"
GITHUB_BASE_REF=pull run migrate check --base --json
prints '"ref": "origin/pull"' "the target of GitHub's pull request"
prints '"origin": "GITHUB_BASE_REF"' "and it is said"
CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main run migrate check --base -v
says "the base is 'origin/main' (" "GitLab's, on the log"
BITBUCKET_PR_DESTINATION_BRANCH=main run migrate check --base --json
prints '"origin": "BITBUCKET_PR_DESTINATION_BRANCH"' "Bitbucket's"
SYSTEM_PULLREQUEST_TARGETBRANCH=refs/heads/main run migrate check --base --json
prints '"ref": "origin/main"' "Azure's, with refs/heads/"
CI_MERGE_REQUEST_TARGET_BRANCH_NAME=nope CI_MERGE_REQUEST_DIFF_BASE_SHA=$(git_id origin/main) run migrate check --base --json
prints '"origin": "CI_MERGE_REQUEST_DIFF_BASE_SHA"' "the commit that GitLab names, as the last resort"
run migrate check --base mian
exits 1 "a REF that is not there"
says "has no commit 'mian': did you mean 'main'?" "is named, with the nearest one"
says "git fetch" "with what may help"
run migrate check --base --against-history
exits 2 "--base goes with no other check"
run migrate check --format sarif
exits 2 "--format needs --base"
run migrate check --base main --json --format sarif
exits 2 "one format"
run migrate check --base main --rename old:new
exits 2 "--rename has no meaning with it"
says "leave --rename out" "what to do"

# --- repositories of other kinds ---
cd "$WORK" && git_clone --bare heads bare.git && cd bare.git
run migrate check --base main --ref pull
exits 3 "a bare repository"
prints "'bb01' and 'cc01' of main" "has the same findings"
run migrate check --base pull
prints "the merge of 'main' (" "without --ref it is of HEAD"
exits 0 "and migrate.ini is HEAD's"
run migrate check --all-branches --base main
prints "error: branch 'pull': 2 heads after the merge: 'bb01' and 'cc01' of main" "and all branches of it"
run migrate diff main..pull --dialect sqlite
exits 0 "as the models of two commits"
run migrate history
exits 1 "revisions without --ref"
says "--ref REF takes it, and the revisions, from a commit" "say what to do"
# The commits of a push are in quarantine while its hook runs.
mkdir -p hooks
printf '#!/bin/sh\nwhile read -r old new ref; do\ncase $new in *[!0]*) MIGRATE check --base main --ref "$new" || exit 1 ;; esac\ndone\n' |
    sed "s:MIGRATE:'$MIGRATE':" >hooks/pre-receive
chmod +x hooks/pre-receive
cd "$WORK" && rm -rf pushing && git clone -q bare.git pushing && cd pushing || exit 1
git checkout -q -b good origin/main && sql ee01 "$(migrate heads | cut -d' ' -f1)" pushed
git add -A && git -c user.name=Eve -c user.email=eve@example.org commit -qm pushed
run git push -q origin good
exits 0 "a pre-receive hook sees the commits of a push"
git checkout -q -b collides origin/pull &&
    git -c user.name=Eve -c user.email=eve@example.org commit -q --allow-empty -m again
run git push -q origin collides
exits 1 "and refuses one that would leave two heads"
says "2 heads after the merge: 'bb01' and 'cc01' of main" "which is said to who pushes"
run git push -q origin :good
exits 0 "a branch that is deleted is none to check"
cd "$WORK" && git_shallow "$WORK/heads" shallow 1 work && cd shallow
run migrate check --base origin/main
exits 1 "a shallow clone without the other branch"
says "fetch-depth: 0" "says what to do"
base unrelated
git_unborn island
commit "a history of its own"
sed -i 's/INTEGER/TEXT/' migrations/versions/aa01_one.sql
commit edit
run migrate check --base main
says "no common ancestor" "histories without a common ancestor are told"
exits 3 "and compared all the same"
mkdir "$WORK/none" && cd "$WORK/none" && migrate -q init --url sqlite:///app.db >/dev/null
run migrate check --base main
exits 1 "no repository"
says "is not in a git repository" "is said"

# --- what it advises can be pasted, in any folder, whatever branches and folders are called ---
paste() { # the commands that the last run printed, in a shell
    printf '%s\n' "$out" | sed -n 's/^  do: //p' |
        sed 's/; what it should do otherwise.*//; s/, or git merge.*//' >"$WORK/.commands"
    [ -s "$WORK/.commands" ] &&
        (cd 'migra "ti" ons' && PATH=$(dirname "$MIGRATE"):$PATH sh -e "$WORK/.commands") >"$WORK/.pasted" 2>&1
}
base pasted
target="it's\$(touch\${IFS}pwned)&main"
git_branch "$target" main
mv migrations 'migra "ti" ons' && sed -i 's:/migrations:/migra "ti" ons:' migrate.ini
commit "the folder"
git_branch "$target" work
sed -i 's/INTEGER/TEXT/' migra*/versions/aa01_one.sql
commit edited
run migrate check --base "$target"
prints "do: git checkout 'it'\\''s" "a command of another branch is quoted"
paste
ok "an edited file is put back by what is printed"
commit back
git_check_good() { migrate check --base "$target" | grep -q ' is good: '; }
git_check_good
ok "as it was"
rm migra*/versions/aa02_two.sql
commit deleted
run migrate check --base "$target"
paste
ok "a deleted file is brought back"
commit back
git_check_good
ok "as it was"
mv migra*/versions/aa02_two.sql 'migra "ti" ons/versions/zwei; drei.sql'
commit renamed
run migrate check --base "$target"
paste
ok "a renamed file gets its former name"
commit back
git_check_good
ok "as it was"
sql bb01 aa02 ours 'migra "ti" ons/versions'
commit ours
git_checkout "$target"
sql cc01 aa02 theirs 'migra "ti" ons/versions'
git_commit theirs >/dev/null
git_checkout work
run migrate check --base "$target"
paste
ok "a revision is rebased"
commit rebased
git_check_good
ok "and then the merge is good"
test ! -e pwned -a ! -e 'migra "ti" ons/pwned'
ok "and no part of a name ran as a command"

finish

#!/bin/bash
# check --base --format and check --all-branches, in real repositories.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/git.sh"

sql() { # ID PARENT NAME
    printf -- '-- Message: %s\n-- Revision: %s\n-- Revises: %s\n-- migrate:up\nCREATE TABLE t_%s (a INTEGER);\n-- migrate:down\nDROP TABLE t_%s;\n' \
        "$3" "$1" "$2" "$1" "$1" >"migrations/versions/$1_$3.sql"
}
commit() { by "Grace <grace@example.org>" git_commit "$1" >/dev/null; }
# python CODE: with the output of the last run as `document`; true unless it raises.
python() {
    printf '%s' "$out" | python3 -c "
import json, sys
document = json.load(sys.stdin)
$1"
}
new_project formats
git_init
sql aa01 "" one
sql aa02 aa01 two
commit "two revisions"
git_switch work
sql bb01 aa02 'a,b:100%'
sed -i 's/INTEGER/BIGINT/' migrations/versions/aa01_one.sql
sed -i 's/DROP TABLE/DROP TABLE IF EXISTS/' migrations/versions/aa02_two.sql
commit ours
git_checkout main
sql cc01 aa02 theirs
commit theirs
git_checkout work

# --- GitHub ---
run migrate check --base main --format github
exits 3 "--format github"
prints '::error file=migrations/versions/bb01_a%2Cb%3A100%25.sql,line=3,title=' "properties are escaped"
prints "::error file=migrations/versions/aa01_one.sql,line=5,title=a revision that exists on the base was edited::revision 'aa01'" "an error with its line"
prints "::warning file=" "a warning"
prints "::notice file=migrations/versions/aa02_two.sql,line=7," "a note is a notice"
prints "%0Ado: git checkout main -- :/migrations/versions/aa01_one.sql" "lines of a message are one line"
[ "$(printf '%s\n' "$out" | grep -c '^::')" = 4 ]; ok "a command for each finding"

# --- GitLab ---
run migrate check --base main --format gitlab
exits 3 "--format gitlab"
first=$out
python '
assert isinstance(document, list) and len(document) == 4
for issue in document:
    assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
    assert isinstance(issue["description"], str) and issue["description"]
    assert issue["check_name"].startswith("migrate/")
    assert len(issue["fingerprint"]) == 64
    assert issue["location"]["path"].startswith("migrations/versions/")
    assert isinstance(issue["location"]["lines"]["begin"], int) and issue["location"]["lines"]["begin"] >= 1
assert len({issue["fingerprint"] for issue in document}) == 4
assert [i["severity"] for i in document] == ["critical", "critical", "minor", "info"], document'
ok "a Code Quality report"
fingerprints() { printf '%s' "$1" | grep '"fingerprint"' | sort; }
run migrate check --base main --format gitlab
same "$(fingerprints "$out")" "$(fingerprints "$first")" "fingerprints stay over runs"
sed -i '1i -- a line above all others' migrations/versions/bb01_*.sql
commit comment
run migrate check --base main --format gitlab
same "$(fingerprints "$out")" "$(fingerprints "$first")" "and when lines move"
[ "$out" != "$first" ]; ok "while the lines are others"

# --- SARIF ---
run migrate check --base main --format sarif
exits 3 "--format sarif"
python '
assert document["version"] == "2.1.0" and "sarif" in document["$schema"] and len(document["runs"]) == 1
run = document["runs"][0]
driver = run["tool"]["driver"]
assert driver["name"] == "migrate" and driver["version"]
rules = [rule["id"] for rule in driver["rules"]]
assert len(rules) == len(set(rules)) and all(rule["shortDescription"]["text"] for rule in driver["rules"])
assert len(run["results"]) == 4
for result in run["results"]:
    assert rules[result["ruleIndex"]] == result["ruleId"]
    assert result["level"] in ("none", "note", "warning", "error")
    assert result["message"]["text"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uriBaseId"] == "%SRCROOT%" and place["region"]["startLine"] >= 1
    assert result["partialFingerprints"]["migrateFinding/v1"]
uris = [r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in run["results"]]
assert "migrations/versions/bb01_a%2Cb%3A100%25.sql" in uris, uris'
ok "a SARIF log"
printf '%s' "$out" | grep fingerprint -i >"$WORK/.one"
run migrate check --base main --format sarif
same "$(printf '%s' "$out" | grep -i fingerprint)" "$(cat "$WORK/.one")" "its fingerprints stay"
for format in json gitlab sarif; do
    git_checkout main
    run migrate check --base main --format $format
    exits 0 "nothing found as $format"
    python 'assert not (document if isinstance(document, list) else document["runs"][0]["results"] if "runs" in document else document["findings"])'
    ok "is a document without findings"
done
run migrate check --base main --format json
same "$out" "$(migrate check --base main --json)" "--format json is --json"
run migrate check --base main --format html
exits 2 "another format"

# --- all branches ---
new_project branches
git_init
sql aa01 "" one
commit one
for name in ada grace late; do
    git_checkout main
    git_switch feature/$name
    sql "${name:0:2}11" aa01 $name
    by "$name <$name@example.org>" git_commit $name >/dev/null
done
git_branch same feature/ada
git_checkout feature/ada
git_switch feature/stacked
sql st11 ad11 stacked
commit stacked
git_checkout main
git_switch docs
echo words >README.txt
commit docs
git_checkout main
git_switch done
sql dn11 aa01 done
commit done
git_checkout main
git_merge done >/dev/null
pairs() {
    python '
for f in document["findings"]:
    print(f["level"], f["kind"], f["branch"], f["revision"], f["other"]["revision"], (f["commit"] or {}).get("author"))'
}
run migrate check --all-branches --base main --json
exits 3 "--all-branches"
python 'assert document["branches"] == ["feature/ada", "feature/grace", "feature/late", "feature/stacked"], document["branches"]'
ok "the branches that bring revisions, and are not merged, each once"
same "$(pairs | grep 'heads' | grep -v dn11)" "error heads feature/ada ad11 gr11 ada
error heads feature/ada ad11 la11 ada
error heads feature/grace gr11 la11 grace
error heads feature/grace gr11 st11 grace
error heads feature/late la11 st11 late" "each pair that collides, but not a branch and what stands on it"
same "$(pairs | grep 'heads' | grep dn11)" "error heads feature/ada ad11 dn11 ada
error heads feature/grace gr11 dn11 grace
error heads feature/late la11 dn11 late
error heads feature/stacked st11 dn11 Grace" "and each with the base"
run migrate check --all-branches --base main
prints "error: branch 'feature/ada': 'feature/ada' and 'feature/grace' both bring a head: 'ad11' and 'gr11'" "both branches are named"
prints "4 open branches with revisions beside 'main' (" "and all are counted"
# The same id on two branches.
new_project twice
git_init
sql aa01 "" one
commit one
for name in one two; do
    git_checkout main
    git_switch branch_$name
    sql bb01 aa01 $name
    commit $name
done
run migrate check --all-branches --base main --json
same "$(pairs)" "error duplicate branch_one bb01 bb01 Grace" "one id on two branches"
exits 3 "is an error"
git_checkout main
git_branch branch_two main
run migrate check --all-branches --base main
exits 0 "one open branch collides with nobody"
# Remote-tracking branches count, too, and the base is the remote's default one.
cd "$WORK" && in_git branches git_checkout main && git_clone branches clone && cd clone
run migrate check --all-branches --format gitlab
exits 3 "remote-tracking branches"
prints "branch 'origin/feature/ada'" "are named as such"
# A branch that was rebased and not pushed yet does not collide with itself.
git_checkout main
git_switch feature/late origin/feature/late
sed -i 's/TABLE t_la11 (a INTEGER)/TABLE t_la11 (a TEXT)/' migrations/versions/la11_late.sql
commit reworked
run migrate check --all-branches --json
same "$(python '
for f in document["findings"]:
    if f["branch"] == "feature/late" and "'"'"'origin/feature/late'"'"'" in f["message"]:
        print(f["message"])')" "" "a branch and what the remote has of it"
python 'assert {"feature/late", "origin/feature/late"} <= {f["branch"] for f in document["findings"]}'
ok "are both looked at beside the others"
run migrate check --all-branches --ref main
exits 2 "--ref means nothing with it"
finish

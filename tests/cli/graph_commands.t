#!/usr/bin/env bash
# The commands about the graph of revisions: plain lines, drawings, documents, merging, editing.
. "$(dirname "$0")/../support/tap.sh"
new_project graph
# graph_file ID REVISES NAME [LABELS [DEPENDS-ON]]
graph_file() {
    printf -- '-- Message: %s\n-- Revision: %s\n-- Revises: %s\n-- Branch-Labels: %s\n-- Depends-On: %s\n-- Created: 2026-01-01T00:00:00Z\n\n-- migrate:up\nCREATE TABLE %s (x);\n\n-- migrate:down\nDROP TABLE %s;\n' \
        "$3" "$1" "$2" "${4:-}" "${5:-}" "$1" "$1" >"migrations/versions/$1.sql"
}
graph_file a100 "" "create account"
graph_file a200 a100 "add a column"
graph_file b100 a200 "billing" billing
graph_file b200 b100 'more "billing" <&> \n'
graph_file c100 a200 "cart" cart
graph_file m100 "b200, c100" "join"
graph_file x100 "" "ext" ext
graph_file x200 x100 "ext 2" "" m100
utf8() { LC_ALL=C.UTF-8 "$MIGRATE" "$@"; }
ascii() { LC_ALL=C "$MIGRATE" "$@"; }

# ---- plain lines ----
run migrate heads
same "$out" "m100 (billing, cart) (effective head)
x200 (ext) (head)" "heads"
run migrate heads --resolve-dependencies
same "$out" "x200 (ext) (head)" "heads --resolve-dependencies: what another depends on is no head"
run migrate heads -v --resolve-dependencies
same "$out" "Rev: x200 (head)
Parent: x100
Also depends on: m100
Branch names: ext
Path: $PWD/migrations/versions/x200.sql

    ext 2

    Revision ID: x200
    Revises: x100
    Create Date: 2026-01-01T00:00:00Z" "heads -v"
run migrate branches
same "$out" "a200 (branchpoint)
     -> b100 (billing)
     -> c100 (cart)" "branches"
run migrate branches -v
prints "Branches into: b100, c100" "branches -v prints the entry"
prints "     -> b100 (billing), billing" "and the messages of what stands on it"
run migrate history
same "$(printf '%s\n' "$out" | sort)" "<base> -> a100, create account
<base> -> x100 (ext), ext
a100 -> a200 (branchpoint), add a column
a200 -> b100 (billing), billing
a200 -> c100 (cart), cart
b100 -> b200 (billing), more \"billing\" <&> \\n
b200, c100 -> m100 (billing, cart) (effective head) (mergepoint), join
x100 (m100) -> x200 (ext) (head), ext 2" "history"
run migrate history -r a200:b200
same "$out" "b100 -> b200 (billing), more \"billing\" <&> \\n
a200 -> b100 (billing), billing
a100 -> a200 (branchpoint), add a column" "history -r"
run migrate history --url sqlite:////nowhere/at/all.db -r -2:m100
exits 1 "a range that two revisions below the end could begin is an error"
says "b200" "that names them"
run migrate history --url postgresql://127.0.0.1:1/none -r -1:b200
exits 0 "a range that counts from its own end does not ask the database"
run migrate history --url postgresql://127.0.0.1:1/none -r -1:current
exits 1 "one that speaks of current does"

# ---- the database ----
run migrate current --check-heads
exits 3 "nothing is applied: not at head"
silent "and current is empty"
run migrate upgrade b200
run migrate current
same "$out" "b200" "current in the middle"
run migrate history -i -r b100:b200
prints "b100 -> b200 (billing) (current)," "history -i marks it"
run migrate current --check-heads
exits 3 "still not at head"
says "migrate upgrade heads" "and it is said what to do"
run migrate upgrade x200
run migrate current
same "$out" "m100 (effective head) (mergepoint)
x200 (head)" "current also names what the row depends on"
same "$(sqlite3 app.db 'SELECT * FROM migrate_version')" x200 "which has no row"
run migrate current --check-heads
exits 0 "and that is at head"
run migrate current -v
prints "Current revision(s) for sqlite:///app.db:" "current -v names the database"
prints "Merges: b200, c100" "and prints entries"
run migrate current --json
same "$(printf '%s' "$out" | tr -d ' \n')" '{"current":["x200"],"branch_heads":["m100","x200"],"heads":["m100","x200"],"at_head":true,"missing":[]}' "current --json"
sqlite3 app.db "INSERT INTO migrate_version VALUES ('gone')"
run migrate current --check-heads
exits 3 "a row without a file is not at head"
prints "gone (not in versions/" "and shown as what it is"
sqlite3 app.db "DELETE FROM migrate_version WHERE version_num = 'gone'"

# ---- drawings ----
run utf8 history --graph -r a100:m100
same "$out" '● m100 (effective head) (mergepoint), join
├─╮
○ │ b200, more "billing" <&> \n
○ │ b100 (billing), billing
│ ○ c100 (cart), cart
├─╯
○ a200 (branchpoint), add a column
○ a100, create account' "a branch and its merge"
run ascii history --graph -r a100:m100
same "$out" '* m100 (effective head) (mergepoint), join
|-.
o | b200, more "billing" <&> \n
o | b100 (billing), billing
| o c100 (cart), cart
|-'"'"'
o a200 (branchpoint), add a column
o a100, create account' "the same in ASCII"
run utf8 history --graph -i -r x100:x200
same "$out" "◉ x200 (head) (current) depends on m100, ext 2
○ x100 (ext), ext" "the current revision, labels, dependencies"
run utf8 history --graph -r b200:m100
same "$out" '● m100 (effective head) (mergepoint) revises c100, join
○ b200 revises b100, more "billing" <&> \n' "what lies outside the range is named"
run env COLUMNS=30 LC_ALL=C.UTF-8 "$MIGRATE" history --graph -r a200:b200
same "$(printf '%s\n' "$out" | awk '{ print (length($0) <= 30) }' | sort -u)" 1 "lines are cut to the width"
prints "…" "and say so"
run utf8 history --graph -v -r a200:b100
same "$out" "○ Rev: b100
│ Parent: a200
│ Branch names: billing
│ Path: $PWD/migrations/versions/b100.sql
│
│     billing
│
│     Revision ID: b100
│     Revises: a200
│     Create Date: 2026-01-01T00:00:00Z
│
○ Rev: a200 (branchpoint)
  Parent: a100
  Branches into: b100, c100
  Path: $PWD/migrations/versions/a200.sql

      add a column

      Revision ID: a200
      Revises: a100
      Create Date: 2026-01-01T00:00:00Z" "history -v --graph draws beside the entries"
graph_file d100 a100 "another line"
run utf8 heads --graph
same "$out" "● d100 (head), another line
│ ● x200 (head) depends on m100, ext 2
│ ┊ 1 revision
│
│ ● m100 (effective head) (mergepoint), join
│ ┊ 4 revisions
├─╯
○ a100 (branchpoint), create account" "heads --graph: where the lines part"
rm migrations/versions/d100.sql
run migrate history --graph --no-graph
exits 2 "--graph and --no-graph"
run migrate heads --graph --json
exits 2 "--graph and --json"
printf -- '-- Message: \033[31mred\033[0m \xff\n-- Revision: e100\n-- Revises: x200\n\n-- migrate:up\n' >migrations/versions/e100.sql
run utf8 history --graph -r e100
case $out in *"$(printf '\033')"*) false ;; *) true ;; esac; ok "control characters of a message do not reach the terminal"
rm migrations/versions/e100.sql

# On a terminal; script(1) gives one, and lines end with CR LF there.
terminal() { LC_ALL=C.UTF-8 TERM=xterm script -qec "stty cols 60; $*" /dev/null </dev/null | tr -d '\r'; }
run terminal "$MIGRATE" --color never heads
prints "● x200 (head) depends on m100" "a terminal gets a drawing"
run terminal "$MIGRATE" --color never heads --no-graph
same "$out" "m100 (billing, cart) (effective head)
x200 (ext) (head)" "or plain lines, when told"
run terminal "$MIGRATE" history
prints "$(printf '\033[33m●\033[0m')" "with colours"
run terminal env NO_COLOR=1 "$MIGRATE" history
case $out in *"$(printf '\033')"*) false ;; *) true ;; esac; ok "unless NO_COLOR is set"
prints "├─╮" "still drawn"

# ---- documents ----
run migrate history --json
printf '%s' "$out" >history.json
same "$(python3 -c 'import json
d = json.load(open("history.json"))
print(sorted(n["revision"] for n in d["nodes"]))
print(sorted((e["from"], e["to"]) for e in d["edges"] if e["kind"] == "revises"))
print([(e["from"], e["to"]) for e in d["edges"] if e["kind"] == "depends_on"])')" "['a100', 'a200', 'b100', 'b200', 'c100', 'm100', 'x100', 'x200']
[('a200', 'a100'), ('b100', 'a200'), ('b200', 'b100'), ('c100', 'a200'), ('m100', 'b200'), ('m100', 'c100'), ('x200', 'x100')]
[('x200', 'm100')]" "history --json: nodes and edges"
run migrate heads --json
same "$(printf '%s' "$out" | tr -d ' \n' | grep -o '"edges":.*')" '"edges":[{"from":"m100","to":"b200","kind":"revises"},{"from":"m100","to":"c100","kind":"revises"},{"from":"x200","to":"x100","kind":"revises"},{"from":"x200","to":"m100","kind":"depends_on"}]}' "heads --json"
run migrate branches --json
prints '"branches_into": ["b100", "c100"]' "branches --json"

command -v dot >/dev/null; ok "Graphviz is installed"
run migrate graph -i
printf '%s\n' "$out" >graph.dot
dot -Tplain graph.dot >plain; ok "dot reads the graph"
same "$(awk '$1 == "node" { print $2 }' plain | sort | tr '\n' ' ')" "a100 a200 b100 b200 c100 m100 x100 x200 " "every revision is a node"
same "$(awk '$1 == "edge" { print $2 ">" $3 }' plain | sort | tr '\n' ' ')" "a100>a200 a200>b100 a200>c100 b100>b200 b200>m100 c100>m100 m100>x200 x100>x200 " "every edge, from old to new"
grep -qF 'more \"billing\" <&> \\n' plain; ok "a label holds what the message does"
same "$(grep -c darkgreen graph.dot)" 1 "the current revision is marked"
run migrate graph -r a200:b200
printf '%s\n' "$out" | dot -Tplain | awk '$1 == "edge" { print $2 ">" $3 }' | sort >edges
same "$(cat edges)" "a200>b100
b100>b200" "of a range, what is in it"
run migrate graph --format mermaid
prints 'r_b200["b200<br/>more #quot;billing#quot; #lt;#amp;#gt; #92;n"]' "mermaid: labels with entity codes"
prints "r_m100 -.-> r_x200" "a dependency is dotted"
same "$(printf '%s\n' "$out" | grep -c -- ' --> ')" 7 "and every other edge an arrow"
graph_file e100 "" '&amp; %%{init: {}}%% $$x$$'
run migrate graph -r e100
printf '%s\n' "$out" | dot -Tplain | grep -qF '&amp; %%{init: {}}%% $$x$$'; ok "an entity of a message stays what it is in dot"
run migrate graph --format mermaid -r e100
prints 'e100 (head)<br/>#amp;amp; #37;#37;{init: {}}#37;#37; #36;#36;x#36;#36;' "nor does a message hold directives and formulas in mermaid"
rm migrations/versions/e100.sql
run migrate graph --format svg
printf '%s\n' "$out" >graph.svg
same "$(python3 -c 'import xml.etree.ElementTree as tree
svg = tree.parse("graph.svg").getroot()
n = "{http://www.w3.org/2000/svg}"
print(svg.tag == n + "svg", len(svg.findall(n + "circle")))
print("\n".join(sorted(t.text for t in svg.findall(n + "text"))))')" "True 8
a100  create account
a200  add a column
b100 (billing)  billing
b200  more \"billing\" <&> \\n
c100 (cart)  cart
m100 (effective head)  join
x100 (ext)  ext
x200 (head)  ext 2" "svg: XML with a circle and a text for each"
same "$(grep -c 'class="d"' graph.svg)" 1 "and a dashed curve for the dependency"
run migrate graph --format svg --json
same "$(printf '%s' "$out" | python3 -c 'import json, sys; d = json.load(sys.stdin); print(d["format"], d["text"] == open("graph.svg").read())')" "svg True" "graph --json"
run migrate graph --format png
exits 2 "a format there is not"
says "dot|mermaid|svg" "names those there are"

# ---- show ----
run migrate show -q b100 c100
same "$(printf '%s\n' "$out" | grep '^Rev:')" "Rev: b100
Rev: c100" "show of several"
run migrate show -q a200:b200
same "$(printf '%s\n' "$out" | grep -c '^Rev:')" 3 "show of a range"
run migrate show -q current
same "$(printf '%s\n' "$out" | grep '^Rev:')" "Rev: x200 (head)" "show current"

run migrate show -q --url postgresql://127.0.0.1:1/none a100+1
prints "Rev: a200" "steps from a revision do not ask the database"

# ---- merge ----
graph_file d100 a100 "another line"
run migrate merge -m "join all" --rev-id mm00 --branch-label main
exits 0 "merge takes all heads"
same "$out" "$PWD/migrations/versions/mm00_join_all.sql" "and prints the path"
run migrate heads
same "$out" "mm00 (billing, cart, ext, main) (head)" "one head is left"
run migrate merge
exits 1 "one head is nothing to merge"
says "nothing to merge: 'heads' is one revision, 'mm00'" "and that is said"
[ "$(find migrations/versions -name '*.sql' | wc -l)" = 10 ]; ok "and writes nothing"
run migrate merge b100 c100 -m between
exits 1 "revisions that are no heads"
says "--splice" "need --splice"
run migrate merge b100 c100 -m between --rev-id mm01 --splice
exits 0 "with it they are merged"
run migrate show -q mm01
prints "Merges: b100, c100" "both"
run migrate merge a100 b100 --splice -m nothing
exits 1 "a revision and its own ancestor cannot be merged"
run migrate merge --json --rev-id mm02 -m x
same "$(printf '%s' "$out" | tr -d ' \n')" "{\"path\":\"$PWD/migrations/versions/mm02_x.sql\"}" "merge --json"
run migrate upgrade heads
exits 0 "and what was merged can be applied"
same "$(sqlite3 app.db 'SELECT * FROM migrate_version')" mm02 "to one row"
sed -i 's/^\[migrate\]/&\nrevision_format = ops/' migrate.ini
graph_file y100 "" "a base"
run migrate merge --rev-id mm03 -m y
same "$out" "$PWD/migrations/versions/mm03_y.json" "merge heeds revision_format"
sed -i '/^revision_format/d' migrate.ini

# ---- edit ----
cat >"$WORK/an editor" <<'END'
#!/bin/sh
printf '%s\n' "$@" >>"$EDITED"
[ -z "${APPEND:-}" ] || echo "$APPEND" >>"$2"
END
chmod +x "$WORK/an editor"
export EDITED=$WORK/edited EDITOR="'$WORK/an editor' --wait"
unset VISUAL
run migrate edit b100
exits 0 "edit"
same "$(cat "$EDITED")" "--wait
$PWD/migrations/versions/b100.sql" "runs the editor with its own words and the file"
: >"$EDITED"
run env VISUAL="'$WORK/an editor' --visual" "$MIGRATE" edit b100 x100
same "$(grep -c -- --visual "$EDITED")" 2 "VISUAL goes before EDITOR; of several one after the other"
: >"$EDITED"
run migrate edit current
grep -q mm02 "$EDITED"; ok "edit current"
run env -u EDITOR "$MIGRATE" edit head
exits 2 "without an editor"
says "VISUAL or EDITOR" "both variables are named"
run env EDITOR=false "$MIGRATE" edit b100
exits 1 "an editor that fails"
says "editor 'false' failed" "is an error"
run migrate edit base
exits 1 "base has no file"
run migrate edit --json b100
same "$(printf '%s' "$out" | tr -d ' \n')" "{\"paths\":[\"$PWD/migrations/versions/b100.sql\"]}" "edit --json"
run env APPEND='-- migrate:sideways' "$MIGRATE" edit b100
exits 1 "a mistake made in the editor"
says "b100.sql:" "is told with its place"

# ---- a graph of some size: nothing is left out ----
new_project large
python3 - <<'P'
import random
rnd = random.Random(4)
names = []
for i in range(300):
    recent = names[-8:] if rnd.random() < 0.9 else names
    parents = rnd.sample(recent, min(len(recent), rnd.choice((1, 1, 1, 1, 2, 3)))) if i and rnd.random() < 0.98 else []
    names.append("r%03d" % i)
    with open("migrations/versions/r%03d.sql" % i, "w") as file:
        file.write("-- Message: m\n-- Revision: r%03d\n-- Revises: %s\n\n-- migrate:up\n" % (i, ", ".join(parents)))
P
ascii history --graph | grep -oE 'r[0-9]{3}' >drawn
same "$(sort -u drawn | wc -l) $(wc -l <drawn)" "300 300" "history draws every revision once"
ascii heads --graph >drawn
same "$(ascii heads | grep -oE 'r[0-9]{3} \(head\)' | sort)" "$(grep -oE 'r[0-9]{3} \(head\)' drawn | sort)" "heads draws every head"
same "$(awk '/:.* [0-9]+ revisions?$/ { n += $(NF - 1); next } /r[0-9][0-9][0-9]/ { n++ } END { print n }' drawn)" 300 \
    "and counts every other revision"
same "$(migrate graph | dot -Tplain | grep -c '^edge')" "$(migrate history --json | grep -c '"kind": "revises"')" "dot has every edge"
# --- the way to head, where there are two ---
mkdir "$WORK/two" && cd "$WORK/two" && migrate -q init --url sqlite:///two.db >/dev/null
migrate -q revision -m a --rev-id aaaa1 >/dev/null
migrate -q revision -m b --rev-id bbbb1 --head base >/dev/null
run migrate check
exits 3 "check below two heads"
prints "run 'migrate upgrade heads'" "says what takes the database there"
run migrate revision --autogenerate -m c
says "run 'migrate upgrade heads'" "so does revision --autogenerate"
migrate -q upgrade heads >/dev/null; ok "and it does"

finish

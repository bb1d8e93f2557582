#!/usr/bin/env bash
# What heads, branches, history, current and show print, beside Debian's Alembic on the same revisions and databases.
# Known differences, taken out by words(): the file's path and extension; how the template writes the date; white space
# at line ends; the order of lists that Alembic keeps in Python sets (labels, "Branches into", the children of
# `branches`, the revisions of `current`), which are sorted on both sides. `show` prints the file, too, unless -q is
# given. Alembic's history prints the first paragraph of a message, ours its first line; what is more stands in
# "and more", which is passed over. `show heads` and a range that counts from its own end have tests of their own.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/alembic-turns.sh"
fresh() { echo "sqlite:///$WORK/$1.db"; }

# Two branches from a200, which are merged, and a third line from a100 that depends on one of them; a head that depends
# on that; a second base that another depends on; a third base with two labels in the middle of its line.
REVISIONS="a100||| a200|a100|| b100|a200|billing| b200|b100|| c100|a200|cart| c200|c100||x100 m100|b200,c200||
d100|a100||b100
d200|d100|| x100||ext| x200|x100|| y100||| y200|y100|why,wherefore| y300|y200|| z100|m100||d200"
message() { # ID
    case $1 in
    a200) printf 'add "a" column, and more' ;;
    b200) printf 'first line\n\nA paragraph,\nand more of it.' ;;
    y300) printf 'what y300 does\nand more' ;;
    *) printf 'what %s does' "$1" ;;
    esac
}
alembic_file() { # ID PARENTS LABEL DEPENDS-ON, with the docstring of Alembic's template
    printf "'''%s\n\nRevision ID: %s\nRevises: %s\nCreate Date: 2026-01-01 00:00:00\n\n'''\n" "$(message "$1")" "$1" "${2//,/, }"
    printf 'revision = "%s"\ndown_revision = %s\nbranch_labels = %s\ndepends_on = %s\n' \
        "$1" "$(python_tuple "$2")" "$(python_tuple "$3")" "$(python_tuple "$4")"
    printf 'def upgrade():\n    pass\ndef downgrade():\n    pass\n'
}
our_file() {
    message "$1" | sed 's/^/-- Message: /'
    printf '\n-- Revision: %s\n-- Revises: %s\n-- Branch-Labels: %s\n-- Depends-On: %s\n-- Created: 2026-01-01T00:00:00Z\n' \
        "$1" "${2//,/, }" "${3//,/, }" "${4//,/, }"
    printf -- '\n-- migrate:up\n\n-- migrate:down\n'
}
both_projects
[ "$(find theirs/versions -name '*.py' | wc -l)" = 15 ] && [ "$(find ours/versions -name '*.sql' | wc -l)" = 15 ]
ok "the same revisions twice"

# Alembic's own main(), once for each line of its input, DATABASE and ARGUMENTS, in one process; answers/DATABASE ARGUMENTS
# holds what it printed. The order of its history is that of the files as they are listed, which the file system decides.
mkdir answers
cat >alembic_main.py <<'P'
import os, sys
listdir = os.listdir
os.listdir = lambda *arguments: sorted(listdir(*arguments))
from alembic.config import main
for line in sys.stdin:
    name, *arguments = line.split()
    os.environ["ADOPT_URL"] = "sqlite:///%s/%s.db" % (os.environ["WORK"], name)
    answer = os.open("answers/" + line.strip(), os.O_WRONLY | os.O_CREAT)
    os.dup2(answer, 1)
    try:
        main(arguments, "alembic")
    except SystemExit:
        print("refused")
    sys.stdout.flush()
    os.close(answer)
P
cat >words.py <<'P'
import re, sys
def listed(match):
    return match.group(1) + ", ".join(sorted(match.group(2).split(", "))) + match.group(3)
lines, children = [], []
for line in sys.stdin:
    line = line.rstrip()
    if line == "and more":
        continue
    line = re.sub(r"^Path: .*/(\w+)\.(py|sql)$", r"Path: \1", line)
    line = re.sub(r"Create Date: (\S+)T(\S+)Z$", r"Create Date: \1 \2", line)
    line = re.sub(r"^((?:Branches into|Branch names): )(.*)()$", listed, line)
    line = re.sub(r"( \()(\w+, [\w, ]+)(\))", listed, line)
    if re.match(r" +-> ", line):
        children.append(line)
        continue
    lines += sorted(children) + [line]
    children = []
text = "\n".join(lines + sorted(children)).strip("\n")
if "--entries" in sys.argv: # current: its revisions come from a set
    text = "\n".join(sorted(text.split("\n") if "Rev: " not in text else re.split(r"\n(?=Rev: )", text + "\n")))
print(text)
P
words() { /usr/bin/python3 words.py "$@"; }

# Where a database stands: Alembic makes it.
files=(heads "heads -v" "heads --resolve-dependencies" "heads --resolve-dependencies -v" branches "branches -v" history
    "history -v" "history -r a200:m100" "history -r b100:" "history -r :c200" "history -r x100:+1" "history -v -r y100:y300")
stands=(current "current -v" "history -i" "history -i -v" "history -r current:" "history -r :current"
    "history -i -r a100:current")
shown=(a100 a200 b200 m100 z100 y200)
{
    printf 'none %s\n' "${files[@]}" "${shown[@]/#/show }" "show heads" "history --rev-range=-1:b200"
    printf 'empty current\nempty current -v\n'
    for at in a100 b100 m100; do
        printf "$at %s\n" "upgrade $at" "${stands[@]}" "show current"
    done
} >questions
WORK=$WORK /usr/bin/python3 alembic_main.py <questions 2>alembic.err
ok "Alembic has answered"
same "$(wc -l <questions)" "$(find answers -type f | wc -l)" "every question"
theirs() { cat "answers/$*"; }
rev_lines() { grep '^Rev:' | sort; }

# compare DATABASE ARGUMENTS…: both print the same.
compare() {
    local entries= mine
    [ "${2%% *}" != current ] || entries=--entries
    # shellcheck disable=SC2086
    mine=$(ours "$(fresh "$1")" ${*:2} 2>ours.err | words $entries)
    [ -n "$mine" ] || [ "$1 $2" = "empty current" ] || { sed 's/^/# /' ours.err; echo "# nothing printed"; }
    same "$mine" "$(theirs "$@" | words $entries)" "$*"
}
for arguments in "${files[@]}"; do compare none "$arguments"; done
compare empty current
compare empty "current -v"
for at in a100 b100 m100; do
    for arguments in "${stands[@]}"; do compare "$at" "$arguments"; done
done
# `show` with -q is what Alembic's `show` prints.
for spec in "${shown[@]}"; do
    same "$(ours "$(fresh none)" show -q "$spec" | words)" "$(theirs none show "$spec" | words)" "show $spec"
done
for at in a100 b100 m100; do
    same "$(ours "$(fresh $at)" show -q current | words)" "$(theirs $at show current | words)" "show current, at $at"
done

same "$(ours "$(fresh none)" show -q heads | rev_lines)" "$(theirs none heads -v | rev_lines)" "show heads shows what heads does"
same "$(theirs none show heads | rev_lines)" "$(ours "$(fresh none)" heads -v --resolve-dependencies | rev_lines)" \
    "and Alembic's what heads --resolve-dependencies does"
same "$(grep -cx "and more" "answers/none history") $(ours "$(fresh none)" history | grep -cx "and more")" "1 0" \
    "of a message of several lines history has the first, and Alembic's the first paragraph"
grep -q "does not refer to" "answers/none history --rev-range=-1:b200"
ok "Alembic has no answer to a range that counts from its own end"
same "$(ours "$(fresh none)" history -r -1:b200)" "b100 -> b200 (billing), first line
a200 -> b100 (billing), what b100 does" "here it is the revisions before that"
finish

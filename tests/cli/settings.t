#!/usr/bin/env bash
# Settings of new revision files: file_template with folders, time zone, length of the slug, hooks; and alembic.ini's
# settings under our name.
. "$(dirname "$0")/../support/tap.sh"

new_project "a project of $(id -un)"
written() { (cd migrations && find . -name '*.sql' | sort); }

# Folders in the name.
run migrate -x 'file_template=%(year)d/%(rev)s_%(slug)s' revision -m first --rev-id aaaa
exits 1 "a folder in file_template alone"
says "recursive_version_locations = true" "names the setting that it needs"
same "$(written)" "" "and writes nothing"
cat >>migrate.ini <<'I'
file_template = %(year)d/%(month).2d/%(rev)s_%(slug)s
recursive_version_locations = true
truncate_slug_length = 12
timezone = Asia/Kolkata
I
run migrate revision -m "Add a column to customers" --rev-id aaaa
exits 0 "with it"
same "$(written)" "./versions/$(TZ=Asia/Kolkata date +%Y/%m)/aaaa_add_a_column.sql" "the file is in its folders, its slug is cut at a word"
grep -q '^-- Created: .*+05:30$' "$out"; ok "the date is one of that time zone"
run migrate revision -m second --rev-id bbbb
exits 0 "a second one"
run migrate upgrade head
exits 0 "upgrade finds them"
same "$(migrate current)" "bbbb (head)" "both"
run migrate -x 'file_template=%%(rev)s_%%(slug)s' revision -m x
exits 1 "alembic.ini's way to write a token"
says "has one '%' here" "is explained"
run migrate revision -m other --rev-id dddd0 --file-template 'by hand/%(slug)s-%(rev)s'
exits 0 "--file-template"
same "$(basename "$(dirname "$out")")/$(basename "$out")" "by hand/other-dddd0.sql" "wins over the key"
rm "$out"
run migrate revision -m other --file-template '%(slugs)s'
exits 1 "--file-template with an unknown token"
says "did you mean" "is told a known one"
run migrate revision -m other --file-template ''
exits 0 "an empty one"
grep -q '/[0-9a-f]*_other.sql$' <<<"$out"; ok "is as good as none"
rm "$out"
run migrate -x timezone=Europe/Nowhere revision -m x
exits 1 "an unknown time zone"
says "Europe/Nowhere" "is named"

# Hooks, in their order, with the file where the options have it, or first.
cat >hook.sh <<'S'
#!/bin/sh
printf '%s:' "${0##*/}" "$PWD" "$@" >>"$HOOK_LOG"
echo >>"$HOOK_LOG"
S
chmod +x hook.sh
mkdir elsewhere
export HOOK_LOG=$PWD/hook.log
cat >>migrate.ini <<'I'

[post_write_hooks]
hooks = plain, behind
  inside unused
plain.type = exec
plain.executable = %(here)s/hook.sh
behind.type = exec
behind.executable = %(here)s/hook.sh
behind.options = -l "79 columns" REVISION_SCRIPT_FILENAME --last
behind.cwd = %(here)s/elsewhere
inside.type = exec
inside.executable = %(here)s/hook.sh
inside.options = -q --file=REVISION_SCRIPT_FILENAME
unused.type = exec
unused.executable = %(here)s/hook.sh
unused.options = --check
I
run migrate revision -m third --rev-id cccc
exits 0 "a revision with hooks"
file=$out
same "$(cat hook.log)" "hook.sh:$PWD:$file:
hook.sh:$PWD/elsewhere:-l:79 columns:$file:--last:
hook.sh:$PWD:-q:--file=$file:
hook.sh:$PWD:$file:--check:" "each ran, with its arguments and in its folder"
cp migrate.ini kept.ini
sed -i 's/^behind.cwd.*/behind.cwd = %(here)s\/nowhere/' migrate.ini
run migrate revision -m fourth --rev-id dddd
exits 1 "a folder that is not there"
says "hook 'behind' failed" "names the hook"
[ -e "$(dirname "$file")/dddd_fourth.sql" ]; ok "the revision stays"
sed -i 's/^hooks = plain.*/hooks = plain, undeclared/' migrate.ini
run migrate revision -m fifth --rev-id eeee
exits 1 "a hook that is not declared"
says "'undeclared.type = exec'" "says what is missing"
[ ! -e "$(dirname "$file")/eeee_fifth.sql" ]; ok "and writes no revision"

# alembic.ini as it is: every line that means something else here is named, in one run.
mkdir ../alembic && cd ../alembic || exit 1
alembic init -t generic alembic >/dev/null 2>&1; ok "Debian's alembic writes its alembic.ini"
run migrate heads
exits 1 "beside it"
says "alembic.ini is not read, migrate.ini(5) says" "is said where to look"
sed -i 's/^\[alembic\]/[migrate]/; s/^# \(revision_environment\|sourceless\|output_encoding\) /\1 /' alembic.ini
sed -i 's/^# \(hooks\|black[.a-z]*\) /\1 /' alembic.ini
run migrate -c alembic.ini heads
exits 1 "it is refused"
for word in sqlalchemy.url prepend_sys_path version_path_separator revision_environment sourceless output_encoding \
    black.entrypoint; do
    grep -q "'$word'.*: ..*" <<<"$err"; ok "'$word' is explained"
done
says "[loggers] has no meaning here" "so is logging"
says "'console_scripts' is no value for 'black.type'" "and the other type of a hook"
finish

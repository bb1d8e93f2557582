#!/usr/bin/env bash
# Help, man pages, completion and README all say what the declarations say.
. "$(dirname "$0")/../support/tap.sh"
cp -r "$ROOT/man" "$ROOT/README.md" .
run "$ROOT/${B:-build}/docs" check .
exits 0 "man pages and README are what the declarations say"
sed -i 's/autogenerate/otogenerate/' man/migrate-revision.1
run "$ROOT/${B:-build}/docs" check .
exits 1 "a man page that differs is found"
commands=$(migrate --help | sed -n '/^commands:/,/^$/s/^  \([a-z_]*\) .*/\1/p')
[ "$(printf '%s\n' "$commands" | wc -l)" -ge 17 ]; ok "the commands are listed"
for shell in bash zsh fish; do
    migrate completion $shell >$shell.sh
    missing=
    for command in $commands; do
        grep -q "$command" $shell.sh || missing="$missing $command"
        for option in $(migrate $command --help | grep -o ' --[a-z-]*' | sort -u); do
            case $shell in
            fish) grep -q -- "-l ${option#--}" $shell.sh || missing="$missing $command$option" ;;
            *) grep -q -- "$option" $shell.sh || missing="$missing $command$option" ;;
            esac
        done
    done
    same "$missing" "" "$shell completion knows every command and option"
done
bash -n bash.sh; ok "the bash completion is bash"
for command in $commands; do
    [ -f "$ROOT/man/migrate-$command.1" ] || echo "# no page for $command"
    [ -f "$ROOT/man/migrate-$command.1" ]; ok "man page of $command"
done
# shellcheck disable=SC1091
source ./bash.sh
COMP_WORDS=(migrate upg) COMP_CWORD=1
_migrate
same "${COMPREPLY[*]}" "upgrade" "bash completes a command"
COMP_WORDS=(migrate diff --format "") COMP_CWORD=3
_migrate
same "${COMPREPLY[*]}" "sql ops json" "and the choices of an option"
finish

#!/usr/bin/env bash
# A whole life of a small project, every command under valgrind: an error or a leak fails.
set -eu
. "$(dirname "$0")/valgrind.sh"
check 0 init --url sqlite:///shop.db
cp "$root/versions/models/shop_v1.json" migrations/models.json
check 0 revision --autogenerate -m one
check 0 upgrade head
check 0 check
cp "$root/versions/models/shop.json" migrations/models.json
check 3 check
check 3 diff
check 3 diff --json
check 3 diff --format ops
check 0 revision --autogenerate -m two
check 0 upgrade head --echo
check 0 upgrade head
check 0 history -v
check 0 heads --json
check 0 revision --head base --branch-label other -m three
check 0 merge -m both
check 0 history --graph -i
check 0 history --graph -v
check 0 history --json
check 0 heads --graph
check 0 branches
check 0 graph
check 0 graph --format mermaid
check 0 graph --format svg
check 0 current -v
EDITOR=true check 0 edit head
check 0 current --json
check 0 show head
check 0 status
check 0 inspect
check 0 downgrade -1
check 0 upgrade --sql head
check 0 upgrade --dry-run head
check 0 stamp base --tag rehearsal
check 0 stamp --sql base:heads --tag rehearsal
check 0 stamp --sql --purge base
check 0 ensure_version --sql
check 0 create_all --url sqlite:///other.db --stamp
check 0 ensure_version
printf '@HEADER@\n-- Ticket:\n@UPGRADE@\n@DOWNGRADE@\n' >migrations/script.sql
check 0 revision -m four --file-template 'by_hand_%(rev)s'
echo '@HEADER@' >migrations/script.sql
check 1 revision -m five
mkdir -p templates/mine
mv migrations/script.sql templates/mine
MIGRATE_TEMPLATES=templates check 0 list_templates
MIGRATE_TEMPLATES=templates check 2 init -t mime
mkdir second && cd second
MIGRATE_TEMPLATES=../templates check 0 init -t mine
cd ..
mkdir third && cd third
check 0 init --url sqlite:///shop.db
revision_file() {
    { printf -- '-- Message: %s\n-- Revision: %s\n-- Revises: %s\n\n' "$3" "$1" "$2"; cat; } >"migrations/versions/$1_$3.sql"
}
. "$root/tests/support/ops-history.sh"
ops_history
check 0 upgrade --sql head
check 0 upgrade 0003
check 0 show 0003 --sql
check 0 show 0003 --sql --dialect mariadb --json
check 0 downgrade 0002
ops_file 0005 0004 bad <<<'"upgrade": [{"op": "drop_column", "table_name": "book", "column_name": "none"}]'
check 1 upgrade head
rm migrations/versions/*
check 0 downgrade base
cd ..
check 0 completion bash
check 0 help upgrade
check 2 upgrade
check 1 upgrade nonsense
check 2 nonsense
echo 'broken {' >migrations/models.json
check 1 check
echo "valgrind: no error in $commands commands"

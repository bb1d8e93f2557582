#!/bin/sh
# Runs the tool on the reference project in a temporary folder, printing each command and what it answered.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
: "${MIGRATE:=$root/build/migrate}"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
unset DATABASE_URL MIGRATE_CONFIG
PATH=$(dirname "$MIGRATE"):$PATH
if [ -t 1 ]; then bold=$(printf '\033[1m') plain=$(printf '\033[0m'); else bold='' plain=''; fi

say() { printf '\n# %s\n' "$*"; }
run() {
    printf '%s$ %s%s\n' "$bold" "$*" "$plain"
    sh -c "$*"
}

say "A new project: a small shop on SQLite"
run "migrate init --url sqlite:///shop.db"
cp "$root/versions/models/shop_v1.json" migrations/models.json
say "The model (migrations/models.json) describes users, departments, products, customers and orders"
run "migrate revision --autogenerate -m 'create the shop'"
run "migrate upgrade head"
run "migrate current"

say "The shop has rows now"
run "sqlite3 shop.db <'$root/versions/models/shop_rows.sql'"
run "sqlite3 shop.db 'SELECT count(*) FROM orders'"

say "The model changes: people stay when their department closes, customers have a phone, orders a handler"
cp "$root/versions/models/shop.json" migrations/models.json
run "migrate check || test \$? = 3"
run "migrate revision --autogenerate -m 'people stay, phones, handlers'"
say "What was written is plain SQL, to be reviewed; what ALTER TABLE cannot do is a table rebuild"
run "sed -n '1,54p' migrations/versions/*_people_stay*.sql"
run "migrate upgrade head"
run "sqlite3 shop.db 'SELECT count(*) FROM orders'"
run "migrate history"
run "migrate check"
run "migrate status"

say "And back by one"
run "migrate downgrade -1"
run "migrate current"
run "sqlite3 shop.db 'SELECT count(*) FROM orders'"

say "The same as portable operations: one history for SQLite, PostgreSQL, MySQL and MariaDB"
mkdir portable
cd portable
run "migrate --quiet init -t ops --url sqlite:///shop.db"
cp "$root/versions/models/shop_v1.json" migrations/models.json
run "migrate --quiet revision --autogenerate -m 'create the shop'"
run "migrate --quiet upgrade head"
cp "$root/versions/models/shop.json" migrations/models.json
run "migrate --quiet revision --autogenerate -m 'people stay, phones, handlers'"
run "sed -n '/\"upgrade\"/,/^  \]/p' migrations/versions/*_people_stay*.json"
say "What it becomes elsewhere, without a server"
run "migrate show head --sql --dialect postgresql"
run "migrate upgrade head"
run "migrate check"

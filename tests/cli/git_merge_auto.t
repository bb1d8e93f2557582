#!/usr/bin/env bash
# merge --auto: a merge revision when the sides have nothing to do with each other, and else what they share.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/git.sh"
new_project project
git_init >/dev/null
side() { # ID PARENT NAME: up section on stdin
    { printf -- '-- migrate:up\n'; cat; printf -- '-- migrate:down\n'; } | revision_file "$1" "$2" "$3"
}
side 0001 "" base <<'Q'
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY, total INTEGER);
CREATE TABLE audit (what TEXT);
CREATE VIEW totals AS SELECT sum(total) AS total FROM orders;
CREATE TRIGGER watch AFTER INSERT ON users BEGIN INSERT INTO audit VALUES ('user'); END;
Q
git_commit base >/dev/null
files() { ls migrations/versions | paste -sd' '; }
# sides NAME: 0002 (on stdin up to a line "--") beside 0003
sides() {
    local text
    text=$(cat)
    rm -f migrations/versions/000[2-9]*
    side 0002 0001 left <<<"${text%%$'\n'---*}"
    by "Grace <grace@example.org>" 2026-02-03T04:05:06Z git_commit left >/dev/null
    side 0003 0001 right <<<"${text##*---$'\n'}"
    by "Edsger <edsger@example.org>" 2026-03-04T05:06:07Z git_commit right >/dev/null
    before=$(files)
}
refused() { # NAME
    same "$status$(files)" "3$before" "$1: refused, and nothing is written"
    [ "$status" = 3 ] || explain
}

sides <<'Q'
ALTER TABLE users ADD COLUMN mail TEXT;
CREATE INDEX ix_users_mail ON users (mail);
---
ALTER TABLE orders ADD COLUMN paid INTEGER;
UPDATE orders SET paid = 0;
Q
run migrate merge --auto --rev-id 0009
exits 0 "sides that touch nothing in common"
says "in both orders they make the same schema" "which is said"
same "$(cat "$out" | head -3)" "-- Message: merge 0002 and 0003
-- Revision: 0009
-- Revises: 0002, 0003" "a merge revision is written"
[ ! -e app.db ]
ok "no database is made"
run migrate upgrade head
exits 0 "and the result can be applied"
rm -f app.db migrations/versions/0009*
run migrate merge --auto -m "both" --rev-id 0009 --json
same "$(jq -r '[(.path != null), (.overlaps | length), (.cannot_be_told | length), .both_orders_agree] | @csv' <<<"$out")" "true,0,0,true" "the same in JSON"
same "$(head -1 migrations/versions/0009*)" "-- Message: both" "-m says what the merge is for"
rm -f migrations/versions/0009*

sides <<'Q'
ALTER TABLE users ADD COLUMN mail TEXT;
---
CREATE TABLE cards (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id));
Q
run migrate merge --auto
refused "a table that one side changes and the other refers to"
brought() { git log --format=%h --abbrev=8 --reverse --diff-filter=A -- "$1" | head -1; }
one=$(brought migrations/versions/0002_left.sql) two=$(brought migrations/versions/0003_right.sql)
prints "  users
    0002 left ($one by Grace <grace@example.org>, 2026-02-03): add column users.mail
    0003 right ($two by Edsger <edsger@example.org>, 2026-03-04): create table cards, which refers to users" "object, revisions, commits and authors are named"
run migrate merge --auto --json
refused "in JSON"
same "$(jq -r '[.path, .overlaps[0].object, (.overlaps[0].revisions | map(.revision + .commit.author) | join(" "))] | join("|")' <<<"$out")" "|users|0002Grace 0003Edsger" "what is named"

common() { # OBJECT NAME: both sides on stdin
    sides
    run migrate merge --auto --json
    refused "$2"
    same "$(jq -r '[.overlaps[].object] | sort | join(" ")' <<<"$out")" "$1" "$2: the object"
}
common "orders" "rows that are written, and a column" <<'Q'
UPDATE orders SET total = 0;
---
ALTER TABLE orders ADD COLUMN paid INTEGER;
Q
common "orders" "a view that reads what the other side changes" <<'Q'
CREATE VIEW many AS SELECT id FROM "ORDERS" WHERE total > 10;
---
ALTER TABLE orders ADD COLUMN paid INTEGER;
Q
common "orders" "what stands behind a view" <<'Q'
CREATE TABLE kept AS SELECT total FROM totals;
---
UPDATE orders SET total = 1;
Q
common "audit" "a trigger that writes for the one side" <<'Q'
INSERT INTO users VALUES (1, 'Ada');
---
ALTER TABLE audit ADD COLUMN who TEXT;
Q
common "fresh" "the same new name" <<'Q'
CREATE TABLE fresh (id INTEGER);
---
CREATE TABLE fresh (id INTEGER);
Q
common "orders people users" "a renamed table, in SQL that names the old one" <<'Q'
ALTER TABLE users RENAME TO people;
ALTER TABLE orders ADD COLUMN a INTEGER;
---
UPDATE orders SET total = (SELECT count(*) FROM users);
CREATE TABLE people (id INTEGER);
Q
sides <<'Q'
INSERT INTO users VALUES (1, 'orders -- audit');
---
ALTER TABLE orders ADD COLUMN paid INTEGER;
Q
run migrate merge --auto --rev-id 0009
exits 0 "a name in a string is none"
rm -f migrations/versions/0009*

sides <<'Q'
CREATE INDEX ix_one ON users (name);
---
CREATE INDEX ix_one ON orders (total);
Q
run migrate merge --auto
refused "what does not run one after the other"
prints "index ix_one already exists" "the database's words"
prints "    0003 right (" "and the sides are named"
run migrate merge --auto --json
same "$(jq -r '[.both_orders_agree, (.heads | map(.revision) | join(" "))] | @csv' <<<"$out")" 'false,"0002 0003"' "in JSON"

# --- three heads, and a side of several revisions ---
sides <<'Q'
ALTER TABLE users ADD COLUMN mail TEXT;
---
ALTER TABLE orders ADD COLUMN paid INTEGER;
Q
side 0004 0001 third <<'Q'
CREATE TABLE more (id INTEGER);
Q
side 0005 0004 fourth <<'Q'
UPDATE orders SET total = 2;
Q
before=$(files)
run migrate merge --auto
refused "three heads, two of which meet"
prints "0005 fourth (not committed): UPDATE orders SET total = 2" "where they do"
case $out in *"0004 third"*) false ;; *) true ;; esac
ok "and nothing else is named"
run migrate merge --auto 0002 0003 --rev-id 0009
exits 0 "two of three can be merged"
rm -f migrations/versions/0009* migrations/versions/0005*
run migrate merge --auto --rev-id 0009
exits 0 "three heads that have nothing in common"
prints "0009" "are merged"
run migrate merge --auto
exits 1 "one head is nothing to merge"
says "nothing to merge" "which is said"

# --- files of operations, without a server ---
rm -f migrations/versions/*
op() { printf '{"revision": "%s", "down_revision": %s, "message": "%s", "upgrade": [%s], "downgrade": []}' "$1" "$2" "$3" "$4" >"migrations/versions/$1_$3.json"; }
id='{"name": "id", "type": "Integer", "primary_key": true}'
op 0001 null base '{"op": "create_enum", "name": "mood", "values": ["a", "b"]}, {"op": "create_table", "table_name": "t", "columns": ['"$id"']}, {"op": "create_table", "table_name": "u", "columns": ['"$id"']}'
op 0002 '"0001"' left '{"op": "add_column", "table_name": "t", "column": {"name": "m", "type": "Enum(mood)"}}'
op 0003 '"0001"' right '{"op": "add_column", "table_name": "u", "column": {"name": "n", "type": "Enum(mood)"}}'
before=$(files)
run migrate merge --auto --dialect postgresql
refused "a type that both sides use"
prints "  mood" "is named"
op 0003 '"0001"' right '{"op": "add_column", "table_name": "u", "column": {"name": "n", "type": "Integer"}}'
run migrate merge --auto --dialect postgresql --rev-id 0009
exits 0 "operations need no server"
rm -f migrations/versions/0009*
op 0003 '"0001"' right '{"op": "execute", "sql": {"postgresql": "DO $$ BEGIN EXECUTE format('"'DROP TABLE %I', 'x'"'); END $$", "default": "SELECT 1"}}'
before=$(files)
run migrate merge --auto --dialect postgresql
exits 1 "what SQL does on a server is not known without one"
says "0003_right.json" "which names the file"
run migrate merge --dialect sqlite
exits 2 "--dialect without --auto"

# --- without a repository ---
mkdir "$WORK/alone" && cp -r migrate.ini migrations "$WORK/alone" && cd "$WORK/alone" || exit 1
op 0003 '"0001"' right '{"op": "drop_table", "table_name": "t"}'
run migrate merge --auto
exits 3 "without a repository"
prints "    0002 left: add column t.m
    0003 right: drop table t" "revisions alone are named"
finish

#!/usr/bin/env bash
# blame and log --object: which revisions, commits and authors made a table what it is.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/git.sh"
new_project project
git_init >/dev/null
revision_file 0001 "" people <<'Q'
-- migrate:up
CREATE TABLE people (id INTEGER PRIMARY KEY, mail VARCHAR(20), CONSTRAINT uq_mail UNIQUE (mail));
CREATE INDEX ix_mail ON people (mail);
CREATE VIEW everybody AS SELECT id FROM people;
-- migrate:down
DROP TABLE people;
Q
git_commit "people" >/dev/null
revision_file 0002 0001 rename <<'Q'
-- migrate:up
ALTER TABLE people RENAME TO users;
ALTER TABLE users RENAME COLUMN mail TO email;
ALTER TABLE users ADD COLUMN name TEXT NOT NULL DEFAULT '';
-- migrate:down
Q
by "Grace <grace@example.org>" 2026-02-03T04:05:06Z git_commit "rename" >/dev/null
cat >migrations/versions/0003_longer.json <<'J'
{"revision": "0003", "down_revision": "0002", "message": "longer", "upgrade": [
 {"op": "alter_column", "table_name": "users", "column_name": "email", "type_": "String(50)", "nullable": false},
 {"op": "create_table", "table_name": "orders", "columns": [{"name": "id", "type": "Integer", "primary_key": true}, {"name": "user_id", "type": "Integer", "foreign_key": "users.id"}]}],
 "downgrade": []}
J
third=$(by "Edsger <edsger@example.org>" 2026-03-04T05:06:07Z git_commit "longer")
revision_file 0004 0003 rebuild <<'Q'
-- migrate:up
CREATE TABLE new_orders (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id), total NUMERIC(10, 2));
INSERT INTO new_orders (id, user_id) SELECT id, user_id FROM orders;
DROP TABLE orders;
ALTER TABLE new_orders RENAME TO orders;
CREATE TABLE passing (x INTEGER);
-- migrate:down
Q
revision_file 0005 0004 rows <<'Q'
-- migrate:up
DROP TABLE passing;
UPDATE users SET name = email WHERE name = '';
-- migrate:down
Q
one=$(git_id HEAD~2 | cut -c1-8) two=$(git_id HEAD~1 | cut -c1-8) three=$(cut -c1-8 <<<"$third")

run migrate blame users
exits 0 "a table"
same "$out" "table users	0001	create table people	$one	Ada	2026-01-01
table users	0002	rename table people to users	$two	Grace	2026-02-03
id	0001	create table people, with id INTEGER NOT NULL	$one	Ada	2026-01-01
email	0003	alter column users.email: type String(20) -> String(50), not null	$three	Edsger	2026-03-04
name	0002	add column users.name TEXT NOT NULL DEFAULT ''	$two	Grace	2026-02-03
primary key (id)	0001	create table people, with primary key (id)	$one	Ada	2026-01-01
unique constraint uq_mail	0001	create table people, with unique constraint (mail)	$one	Ada	2026-01-01
index ix_mail	0001	create table people, with index ix_mail	$one	Ada	2026-01-01" "each part with what changed it last, by whom"
same "$(git -C . log --diff-filter=A --format=%h --abbrev=8 -- migrations/versions/0003_longer.json)" "$three" "git itself says the same of the file"
[ ! -e app.db ]
ok "no database was made"
run migrate blame users.email
same "$out" "0001	create table people, with mail VARCHAR(20)	$one	Ada	2026-01-01
0002	rename column users.mail to email	$two	Grace	2026-02-03
0003	alter column users.email: type String(20) -> String(50), not null	$three	Edsger	2026-03-04" "a column's life, through renames of it and its table"
for name in users.mail people.email people.mail USERS.Email; do
    run migrate blame "$name"
    prints "0003	alter column users.email" "$name: found"
done
run migrate blame users.email --json
same "$(jq -r '[.kind, .table, .name, .dropped, .former_names[0], (.history | map(.revision + " " + .commit.author) | join(", "))] | join("|")' <<<"$out")" "column|users|email|false|mail|0001 Ada, 0002 Grace, 0003 Edsger" "in JSON"
run migrate blame orders.total
same "$(cut -f1-3 <<<"$out")" "0004	add column orders.total NUMERIC(10, 2)	not committed" "a table that is made anew keeps its life; what no commit has"
run migrate blame passing
same "$status$(cut -f1-3 <<<"$out")" "00004	create table passing	not committed
0005	drop table passing	not committed" "a table that was dropped"
says "revision 0005 dropped it" "which is said"
run migrate blame userz
exits 1 "an unknown name"
says "did you mean 'users'?" "the nearest one is named"
run migrate blame users.emial
says "did you mean 'users.email'?" "of a column, too"
run migrate blame
exits 2 "blame of nothing"

# --- log ---
run migrate log --object users
same "$(cut -f1,2 <<<"$out")" "0005	update users
0003	alter column users.email: type String(20) -> String(50), not null
0002	rename table people to users; rename column users.mail to email; add column users.name TEXT NOT NULL DEFAULT ''
0001	create table people" "log: newest first, with what writes rows"
run migrate log --object everybody
same "$(cut -f1,2,4 <<<"$out")" "0002	change view everybody	Grace
0001	create view everybody	Ada" "of a view, which a rename has changed"
run migrate log --object users -r 0002:0003
same "$(cut -f1 <<<"$out" | paste -sd' ')" "0003 0002" "in a range"
run migrate log --object users -r 0004
same "$status$out" "0" "nothing in the range"
says "no revision of 0004 touched 'users'" "which is said"
run migrate log --object users --json
same "$(jq -r '.history | map(.revision + (.commit.author // "-")) | join(" ")' <<<"$out")" "0005- 0003Edsger 0002Grace 0001Ada" "in JSON"
run migrate log
exits 2 "log without an object"
says "migrate history" "says what lists all"

# --- revisions that only make or alter a few tables: only these are looked at again ---
revision_file 0006 0005 few <<'Q'
-- migrate:up
ALTER TABLE orders ADD COLUMN note TEXT;
CREATE INDEX ix_note ON "Orders" (note);
CREATE UNIQUE INDEX ix_total ON orders (total);
CREATE TABLE lines (id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders (id));
INSERT INTO lines VALUES (1, NULL);
-- migrate:down
Q
revision_file 0007 0006 more <<'Q'
-- migrate:up
ALTER TABLE orders DROP COLUMN user_id;
-- migrate:down
Q
revision_file 0008 0007 dropped <<'Q'
-- migrate:up
DROP INDEX ix_note;
CREATE VIEW noted AS SELECT note FROM orders;
CREATE TRIGGER kept AFTER INSERT ON lines BEGIN UPDATE orders SET total = 0; END;
-- migrate:down
Q
run migrate blame orders
same "$(cut -f1-3 <<<"$out" | grep -v '^primary')" "table orders	0003	create table orders
id	0003	create table orders, with id INTEGER NOT NULL
total	0004	add column orders.total NUMERIC(10, 2)
note	0006	add column orders.note TEXT
index ix_total	0006	create unique index ix_total on orders" "columns and indexes that came and went"
run migrate blame lines
same "$(cut -f1,2 <<<"$out" | grep -v '^primary' | paste -sd' ')" "table lines	0006 id	0006 order_id	0006 foreign key (order_id)	0006" "a new table beside them"
for name in noted kept; do
    run migrate blame $name
    same "$(cut -f1 <<<"$out")" "0008" "$name, behind them"
done
run migrate blame orders.user_id
prints "0007	drop column orders.user_id" "a column that is gone"
says "revision 0007 dropped it" "which is said"

# --- without a repository, and without a url ---
mkdir "$WORK/alone" && cp -r migrate.ini migrations "$WORK/alone" && cd "$WORK/alone" || exit 1
run migrate -v blame users.email
same "$out" "0001	create table people, with mail VARCHAR(20)
0002	rename column users.mail to email
0003	alter column users.email: type String(20) -> String(50), not null" "without a repository there are no commits"
says "commits and authors are left out" "which -v says"
run migrate blame users.email --json
same "$(jq -r '.history[0] | has("commit")' <<<"$out")" "false" "nor in JSON"
sed -i '/^url/d' migrate.ini
run migrate blame users
exits 1 "without a url nobody knows the kind of database"
says "--dialect" "which the message says"
run migrate blame users.name --dialect sqlite
same "$out" "0002	add column users.name TEXT NOT NULL DEFAULT ''" "--dialect sqlite runs in memory"
run migrate blame users --dialect postgresql
exits 1 "SQL for a server needs one"
says "0001_people.sql" "which names the file"
rm migrations/versions/*
revision_file 0001 "" odd <<'Q'
-- migrate:up
CREATE TABLE "or.ders" (id INTEGER PRIMARY KEY, "a.b" TEXT);
-- migrate:down
Q
run migrate blame or.ders.a.b --dialect sqlite
same "$out" '0001	create table or.ders, with a.b TEXT' "names that hold dots"
rm migrations/versions/*
cat >migrations/versions/0001_a.json <<'J'
{"revision": "0001", "down_revision": null, "message": "a", "upgrade": [
 {"op": "create_table", "table_name": "t", "columns": [{"name": "id", "type": "Integer", "primary_key": true}, {"name": "a", "type": "String(20)"}]},
 {"op": "bulk_insert", "table_name": "t", "rows": [{"id": 1, "a": "x"}]},
 {"op": "rename_table", "old_table_name": "t", "new_table_name": "u"}], "downgrade": []}
J
for dialect in postgresql mysql sqlite; do
    run migrate blame u.a --dialect $dialect
    same "$out" "0001	create table t, with a VARCHAR(20)" "operations need no server for $dialect"
done
printf '%s' '{"revision": "0002", "down_revision": "0001", "message": "b", "upgrade": [{"op": "execute", "sql": "ALTER TABLE u ADD COLUMN b TEXT"}, {"op": "drop_column", "table_name": "u", "column_name": "a"}], "downgrade": []}' >migrations/versions/0002_b.json
run migrate blame u.b --dialect postgresql
exits 1 "what an execute does is seen only by running it"
says "0002_b.json" "which names the file"
run migrate blame u --dialect sqlite
prints "b	0002	add column u.b TEXT" "which is done where that is free"
run migrate blame u.a --dialect sqlite
prints "0002	drop column u.a" "beside the file's operations"
finish

#!/usr/bin/env bash
# blame, log --object and merge --auto on PostgreSQL, where SQL runs in a scratch database beside the live one.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/postgresql-tap.sh"
. "$ROOT/tests/support/git.sh"
scratch_left() { psql -qXAt "$PGURL" -c "SELECT count(*) FROM pg_database WHERE datname LIKE 'migrate\_scratch%'"; }
URL=$(newdb blamed)
new_project project
printf '[migrate]\nscript_location = migrations\nurl = %s\ntransaction = all\n' "$URL" >migrate.ini
git_init >/dev/null
revision_file 0001 "" base <<'Q'
-- migrate:up
SET search_path TO public;
CREATE TYPE mood AS ENUM ('sad', 'glad');
CREATE TABLE people (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, mail varchar(20), feels mood);
CREATE VIEW everybody AS SELECT id, mail FROM people;
CREATE FUNCTION how_many() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM people $$;
-- migrate:down
Q
git_commit base >/dev/null
revision_file 0002 0001 rename <<'Q'
-- migrate:up
ALTER TABLE people RENAME TO users;
ALTER TABLE users RENAME COLUMN mail TO email;
ALTER TABLE users ALTER COLUMN feels SET NOT NULL, ADD CONSTRAINT ck_email CHECK (email LIKE '%@%');
-- migrate:up transaction:false
CREATE INDEX CONCURRENTLY ix_users_email ON users (email);
-- migrate:down
Q
by "Grace <grace@example.org>" 2026-02-03T04:05:06Z git_commit rename >/dev/null
revision_file 0003 0002 block <<'Q'
-- migrate:up
DO $$ BEGIN EXECUTE format('ALTER TABLE %I ADD COLUMN built integer', 'users'); END $$;
ALTER TYPE mood RENAME TO moods;
CREATE OR REPLACE FUNCTION how_many() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM users $$;
-- migrate:down
Q
git_commit block >/dev/null

run migrate blame users.email
same "$(cut -f1,2,4 <<<"$out")" "0001	create table people, with mail VARCHAR(20)	Ada
0002	rename column users.mail to email	Grace" "a column, through renames"
run migrate blame users
same "$(cut -f1-3,5 <<<"$out" | grep -v '^primary')" "table users	0001	create table people	Ada
table users	0002	rename table people to users	Grace
id	0001	create table people, with id BIGINT NOT NULL	Ada
email	0002	rename column users.mail to email	Grace
feels	0002	alter column users.feels: not null	Grace
built	0003	add column users.built INTEGER	Ada
check constraint ck_email	0002	create check constraint ck_email on users	Grace
index ix_users_email	0002	create index ix_users_email on users	Grace" "a table, also what a block built"
run migrate log --object how_many
same "$(cut -f1 <<<"$out" | paste -sd' ')" "0003 0001" "a function, by its name alone"
run migrate log --object moods
same "$(cut -f1,2 <<<"$out")" "0003	rename enum mood to moods
0001	create enum mood" "a type that was renamed"
same "$(psql_rows blamed "SELECT count(*) FROM pg_class WHERE relname LIKE 'migrate%' OR relname = 'users'")" "0" "the live database is as it was"
same "$(scratch_left)" "0" "no scratch database is left"

# --- merge --auto ---
files() { ls migrations/versions | paste -sd' '; }
revision_file 0004 0003 left <<'Q'
-- migrate:up
CREATE TABLE notes (id integer PRIMARY KEY, text text);
-- migrate:down
Q
revision_file 0005 0003 right <<'Q'
-- migrate:up
CREATE FUNCTION first_note() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT min(text) FROM notes); END $$;
-- migrate:down
Q
before=$(files)
run migrate merge --auto
same "$status$(files)" "3$before" "a body of a function names what the other side makes: refused"
prints "  notes" "which is said"
cat >migrations/versions/0005_right.sql <<'Q'
-- Message: right
-- Revision: 0005
-- Revises: 0003

-- migrate:up
DO $$ BEGIN EXECUTE 'ALTER TABLE ' || 'users' || ' ADD COLUMN more integer'; END $$;
-- migrate:down
Q
run migrate merge --auto
same "$status$(files)" "3$before" "SQL that is built: refused"
prints "cannot be told" "which is said"
prints "0005 right (not committed): DO " "with the revision"
sed -i "s/^DO .*/ALTER TABLE users ADD COLUMN more integer;/" migrations/versions/0005_right.sql
run migrate merge --auto --rev-id 0009
exits 0 "sides that touch nothing in common"
says "in both orders they make the same schema" "both orders ran"
same "$(scratch_left)" "0" "no scratch database is left"
finish

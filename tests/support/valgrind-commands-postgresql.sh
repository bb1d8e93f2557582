#!/usr/bin/env bash
# The same on a PostgreSQL server: what a driver and an inspector of a server can leak, and what errors leave behind.
set -eu
. "$(dirname "$0")/valgrind.sh"
server=$(mktemp -d /tmp/mpg.XXXXXX)
trap '"$root/tests/support/postgresql.sh" stop "$server"; rm -rf "$server" "$folder"' EXIT
url=$("$root/tests/support/postgresql.sh" start "$server")
psql -qX "$url" -c 'CREATE DATABASE shop' -c 'CREATE DATABASE other'
shop=${url%/*}/shop
check 0 init --url "$shop"
cp "$root/versions/models/shop_v1.json" migrations/models.json
check 0 revision --autogenerate -m one
check 0 upgrade head
check 0 check
cp "$root/versions/models/shop.json" migrations/models.json
check 3 diff
check 3 diff --json
check 0 revision --autogenerate -m two
check 0 upgrade head --echo
check 0 check
# Objects of every kind that has a reader of its own, and a COPY.
psql -qX -v ON_ERROR_STOP=1 "$shop" <<'S'
CREATE SCHEMA s;
CREATE DOMAIN s.d AS integer CHECK (VALUE > 0);
CREATE TYPE s.pair AS (a integer, b text);
CREATE TABLE s.parts (id bigint GENERATED ALWAYS AS IDENTITY, d s.d, p s.pair) PARTITION BY RANGE (id);
CREATE TABLE s.first PARTITION OF s.parts FOR VALUES FROM (1) TO (10);
CREATE TABLE s.spans (t tsrange, EXCLUDE USING gist (t WITH &&));
CREATE FUNCTION s.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER g BEFORE INSERT ON s.spans FOR EACH ROW EXECUTE FUNCTION s.f();
CREATE POLICY p ON s.spans USING (true);
CREATE MATERIALIZED VIEW s.m AS SELECT t FROM s.spans;
S
check 0 inspect
check 0 status
check 0 upgrade --sql head
check 0 downgrade -1
check 0 create_all --url "${url%/*}/other" --stamp
printf -- '-- Message: copy\n-- Revision: aaaa\n-- Revises: %s\n\n-- migrate:up\nCREATE TABLE c (x integer);\nCOPY c FROM stdin;\n1\n2\n\\.\n\n-- migrate:down\nDROP TABLE c;\n' \
    "$(psql -qXAt "${url%/*}/other" -c 'SELECT version_num FROM migrate_version')" >migrations/versions/aaaa_copy.sql
check 0 upgrade head
printf -- '-- Message: bad\n-- Revision: bbbb\n-- Revises: aaaa\n\n-- migrate:up transaction:false\nCREATE TABLE e (x integer);\nSELECT nothing FROM e;\n' \
    >migrations/versions/bbbb_bad.sql
check 1 upgrade head
check 1 current --url "${url%/*}/nowhere"
"$root/tests/support/postgresql.sh" stop "$server"
check 1 current
echo "valgrind: no error in $commands commands on a PostgreSQL server"

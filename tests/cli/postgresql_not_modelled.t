#!/usr/bin/env bash
# What a PostgreSQL database has beyond what is modelled is listed by inspect -v and check -v, and left alone.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/postgresql-tap.sh"

url=$(newdb listed)
psql -qX -v ON_ERROR_STOP=1 "postgresql://postgres@127.0.0.1:$PGPORT_/listed" >/dev/null 2>&1 <<'END'
CREATE ROLE reader LOGIN;
CREATE EXTENSION citext;
ALTER DATABASE listed SET work_mem = '5MB';
CREATE FOREIGN DATA WRAPPER elsewhere;
CREATE SERVER far FOREIGN DATA WRAPPER elsewhere;
CREATE FOREIGN TABLE remote (a int) SERVER far;
CREATE USER MAPPING FOR postgres SERVER far;
CREATE TYPE mood AS ENUM ('x', 'y');
CREATE TABLE t (id serial PRIMARY KEY, a int, b int, m mood);
CREATE INDEX t_a ON t ((a + 1));
CREATE PUBLICATION pub FOR TABLE t;
CREATE FUNCTION of_mood(mood) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE CAST (mood AS int) WITH FUNCTION of_mood(mood);
CREATE FUNCTION is_mood(mood, int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE OPERATOR === (LEFTARG = mood, RIGHTARG = int, FUNCTION = is_mood);
CREATE OPERATOR FAMILY fam USING btree;
CREATE OPERATOR CLASS cls FOR TYPE int USING btree FAMILY fam AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(int, int);
CREATE TEXT SEARCH CONFIGURATION cfg (COPY = english);
CREATE TEXT SEARCH DICTIONARY dict (TEMPLATE = simple);
CREATE CONVERSION conv FOR 'UTF8' TO 'LATIN1' FROM utf8_to_iso8859_1;
SELECT lo_create(4711);
ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA public GRANT SELECT ON TABLES TO reader;
ALTER TABLE t REPLICA IDENTITY FULL;
ALTER TABLE t CLUSTER ON t_pkey;
ALTER TABLE t ALTER COLUMN a SET (n_distinct = 5);
ALTER INDEX t_a ALTER COLUMN 1 SET STATISTICS 500;
GRANT SELECT ON t TO PUBLIC;
GRANT UPDATE (b) ON t TO reader;
REVOKE EXECUTE ON FUNCTION of_mood FROM PUBLIC;
ALTER FUNCTION is_mood OWNER TO reader;
COMMENT ON SEQUENCE t_id_seq IS 'numbers';
COMMENT ON INDEX t_pkey IS 'of the key';
CREATE SCHEMA other;
CREATE TABLE other.o (a int);
CREATE TABLE whole (id int DEFAULT 1, k int) PARTITION BY LIST (k);
CREATE TABLE whole_1 PARTITION OF whole FOR VALUES IN (1);
ALTER TABLE whole_1 ALTER COLUMN id SET DEFAULT 2;
CREATE TABLE child (t_id int REFERENCES t);
ALTER TABLE child DISABLE TRIGGER ALL;
END
ok "a database with some of everything"
new_project listed
printf '[migrate]\nscript_location = %%(here)s/migrations\nurl = %s\nmodels = %%(here)s/migrations/models.json\n' "$url" >migrate.ini
lines() { printf '%s\n' "$err" | sed -n 's/^not modelled, left alone: //p; /^out of scope/p'; }
# Of whole objects only: what does not hang on a table.
objects() { lines | grep -E ': (cast|operator|text search|conversion|foreign|SET|default privileges|user mapping|publication)|large objects'; }
wanted='(mood AS integer): cast
=== (mood, integer): operator
cfg: text search configuration
child: privileges {postgres=arwdDxt/postgres,reader=r/postgres}
child: triggers of foreign keys disabled
cls: operator class for btree
conv: conversion
database listed: SET work_mem=5MB
dict: text search dictionary
elsewhere: foreign-data wrapper
fam: operator family for btree
far: foreign server
far: user mapping for postgres
is_mood(mood, integer): owner reader
large objects: 1
of_mood(mood): privileges {postgres=X/postgres}
pub: publication
remote: foreign table
role postgres: default privileges on tables in schema public: {reader=r/postgres}
t: CLUSTER ON t_pkey
t: comment of the index of t_pkey
t: REPLICA IDENTITY FULL
t: privileges {postgres=arwdDxt/postgres,=r/postgres}
t.a: SET n_distinct=5
t.b: privileges {reader=w/postgres}
t_a: statistics target 500 of column 1
t_id_seq: comment of a serial or identity column'\''s sequence
whole: privileges {postgres=arwdDxt/postgres,reader=r/postgres}
whole_1: privileges {postgres=arwdDxt/postgres,reader=r/postgres}
out of scope, left alone (include_tables, exclude_tables, include_schemas): schema other (1 tables)'
run migrate inspect -v
exits 0 "inspect -v"
same "$(lines | LC_ALL=C sort)" "$(printf '%s\n' "$wanted" | LC_ALL=C sort)" "lists what is not modelled; of extensions nothing"
before=$(objects)
printf '%s\n' "$out" >migrations/models.json
run migrate inspect -v --url "postgresql://reader@127.0.0.1:$PGPORT_/listed"
exits 0 "inspect -v of a role that may read nothing"
run migrate check -v
exits 0 "check -v"
same "$(lines | LC_ALL=C sort)" "$(printf '%s\n' "$wanted" | LC_ALL=C sort)" "lists the same"
run migrate check
same "$(lines)" "" "and nothing without -v"
run migrate check -v --json
same "$(printf '%s' "$out" | python3 -c 'import json, sys
for thing in json.load(sys.stdin)["not_modelled"]:
    if thing["subject"] == "pub": print(thing["text"])')" publication "--json has it in the document"

python3 - <<'END'
import json
model = json.load(open("migrations/models.json"))
model["tables"] = [t for t in model["tables"] if t["name"] == "t"]
model["tables"][0]["columns"].append({"name": "more", "type": "Text"})
json.dump(model, open("migrations/models.json", "w"))
END
migrate -q revision --autogenerate --no-rename -m less >/dev/null && run migrate upgrade head
exits 0 "tables are dropped, and one is changed"
run migrate inspect -v
same "$(objects)" "$before" "none of the objects is touched"
case $err in *"t: REPLICA IDENTITY FULL"*"t.b: privileges {reader=w/postgres}"*) true ;; *) false ;; esac; ok "nor what the changed table has"
finish

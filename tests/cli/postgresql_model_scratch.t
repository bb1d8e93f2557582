#!/usr/bin/env bash
# Models in SQL on PostgreSQL: where they are run, what may stand in them, and that nothing is left of it.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/postgresql-tap.sh"

at() { echo "postgresql://$1@127.0.0.1:$PGPORT_/$2"; } # USER DATABASE
databases() { psql_rows postgres "SELECT datname FROM pg_database WHERE datname LIKE 'migrate%' ORDER BY 1"; }
roles() { psql_rows postgres "SELECT rolname FROM pg_roles ORDER BY 1"; }
ini() { # URL [LINE…]
    { printf '[migrate]\nscript_location = %%(here)s/migrations\nmodels = %%(here)s/migrations/schema.sql\nurl = %s\n' "$1"; shift; printf '%s\n' "$@"; } >migrate.ini
}
schema() { cat >migrations/schema.sql; }
refuses() { # NAME TEXT: the statement on stdin is refused, at its place, before anything runs
    { echo 'CREATE TABLE t (a int);'; cat; } >migrations/schema.sql
    run migrate check
    exits 1 "$1: is refused"
    says 'schema.sql:2:1: ' "$1: where"
    says "$2" "$1: why"
}

newdb app >/dev/null
new_project app
ini "$(at postgres app)"

# --- what may not stand there, and what is left out ---
before=$(roles)
refuses 'CREATE ROLE' 'the whole server' <<<'CREATE ROLE nobody_yet;'
refuses 'ALTER ROLE' 'the whole server' <<<'ALTER ROLE postgres WITH NOLOGIN;'
refuses 'ALTER SYSTEM' 'the whole server' <<<"ALTER SYSTEM SET work_mem = '1GB';"
refuses 'CREATE TABLESPACE' 'the whole server' <<<"CREATE TABLESPACE x LOCATION '/tmp';"
refuses 'dblink' 'dblink' <<<"SELECT dblink_exec('dbname=postgres', 'DROP ROLE x');"
refuses 'ROLLBACK' 'not taken back' <<<'ROLLBACK;'
refuses '\i' "name the file in 'models'" <<<'\i other.sql'
refuses '\gexec' 'psql' <<<'\gexec'
printf 'CREATE TABLE t (a int);\n\\connect one\n\\connect two\n' | schema
run migrate check
exits 1 'two databases: are refused'
says 'schema.sql:3:1: ' 'two databases: where'
same "$(roles)" "$before" 'no role was made'

schema <<'SQL'
\restrict abc
SET statement_timeout = 0;
SET transaction_timeout_of_a_later_version = 0;
CREATE DATABASE app WITH TEMPLATE = template0 ENCODING = 'UTF8';
ALTER DATABASE app OWNER TO nobody_here;
ALTER DATABASE app SET search_path TO 'nowhere';
\connect app
SELECT pg_catalog.set_config('search_path', '', false);
BEGIN;
CREATE SCHEMA public AUTHORIZATION nobody_here;
CREATE EXTENSION plpgsql;
COMMENT ON EXTENSION plpgsql IS 'changed';
CREATE TABLE public.t (id integer NOT NULL, n integer DEFAULT 5);
ALTER TABLE public.t OWNER TO nobody_here;
ALTER TABLE ONLY public.t ADD CONSTRAINT t_pkey PRIMARY KEY (id);
GRANT ALL ON TABLE public.t TO nobody_here;
ALTER DEFAULT PRIVILEGES FOR ROLE nobody_here IN SCHEMA public GRANT SELECT ON TABLES TO nobody_here;
SECURITY LABEL ON TABLE public.t IS 'secret';
COPY public.t (id, n) FROM stdin;
1	2
\.
SAVEPOINT s;
CREATE TABLE public.copy AS SELECT * FROM public.t;
CREATE INDEX CONCURRENTLY ix ON public.t (n);
CREATE TYPE public.mood AS ENUM ('low');
ALTER TYPE public.mood ADD VALUE 'high';
CREATE TABLE public.moods (m public.mood DEFAULT 'high');
COMMIT;
\unrestrict abc
SQL
psql -qX -v ON_ERROR_STOP=1 "$(at postgres app)" >/dev/null <<'SQL'
CREATE TABLE t (id integer PRIMARY KEY, n integer DEFAULT 5); CREATE INDEX ix ON t (n);
CREATE TABLE copy (id integer, n integer);
CREATE TYPE mood AS ENUM ('low', 'high');
CREATE TABLE moods (m mood DEFAULT 'high');
SQL
run migrate -v check
exits 0 'what is no part of the schema is left out'
[ "$status" = 0 ] || explain
says 'owners (1)' 'and told with -v'
says 'rows (1)' 'rows, too'
says 'transaction_timeout_of_a_later_version' 'and settings of later versions'

# A statement that reads rows finds them.
schema <<'SQL'
CREATE TABLE names (n text);
INSERT INTO names VALUES ('one'), ('two');
COPY names FROM stdin;
three
\.
DO $$ DECLARE r record; BEGIN FOR r IN SELECT n FROM names LOOP EXECUTE format('CREATE TABLE %I (id int)', 'by_' || r.n); END LOOP; END $$;
SQL
run migrate diff
prints 'CREATE TABLE by_one' 'rows that a later statement reads are there: INSERT'
prints 'CREATE TABLE by_three' 'and COPY'

printf 'CREATE TABLE a (id int);\nCREATE TABLE b (\n  id int,\n  n nonsense\n);\n' | schema
run migrate check
exits 1 'a mistake'
says 'schema.sql:4:5: ' 'a mistake: FILE:LINE:COLUMN of it'
says 'nonsense' "and the server's words"

# --- rights ---
psql_rows postgres "CREATE ROLE plain LOGIN; CREATE ROLE maker LOGIN CREATEDB; GRANT ALL ON DATABASE app TO plain, maker" >/dev/null
printf 'CREATE TABLE t (id int);\n' | schema
ini "$(at plain app)"
run migrate check
exits 1 'a role without CREATEDB: fails'
says 'the right CREATEDB' 'which right is missing'
says 'scratch_url' 'and what to set instead'
ini "$(at plain app)" "scratch_url = $(at maker postgres)"
run migrate check
exits 3 'with scratch_url: compares'
ini "$(at maker app)"
run migrate check
exits 3 'a role with CREATEDB: compares'
ini "$(at plain app)" "scratch_url = sqlite:///x.db"
run migrate check
exits 1 'scratch_url of another dialect'
says 'scratch_url: ' 'and says so'

# --- other schemas ---
newdb paths >/dev/null
psql_rows paths 'CREATE SCHEMA app; ALTER DATABASE paths SET search_path = app, public; CREATE TABLE app.here (id int); CREATE TABLE public.there (id int)' >/dev/null
ini "$(at postgres paths)"
printf 'CREATE TABLE here (id int);\n' | schema
run migrate check
exits 0 'names without a schema mean the first of the search_path'
[ "$status" = 0 ] || explain
printf 'CREATE SCHEMA app;\nCREATE TABLE app.here (id int);\n' | schema
run migrate check
exits 0 'and may as well be written with it'
[ "$status" = 0 ] || explain
pg_dump "$(at postgres paths)" >migrations/schema.sql
run migrate check
exits 1 'a dump of both schemas'
says 'include_schemas' 'wants include_schemas'
ini "$(at postgres paths)" 'include_schemas = app, public'
run migrate check
exits 0 'with it, all are compared'
[ "$status" = 0 ] || explain

# --- nothing is left, whatever happens ---
ini "$(at postgres app)"
{ echo 'CREATE TABLE t (id int);'; echo 'SELECT pg_sleep(30);'; } | schema
same "$(databases)" '' 'no scratch database is left so far'
in_sleep() { # NUMBER of them
    for _ in $(seq 200); do
        [ "$(psql_rows postgres "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'")" = "$1" ] && return
        sleep 0.05
    done
    return 1
}
"$MIGRATE" check >out 2>err </dev/null &
first=$!
in_sleep 1
kill -9 $first
wait $first 2>/dev/null
psql_rows postgres "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'" >/dev/null
left=$(databases)
[ -n "$left" ]; ok 'a killed run leaves its scratch database'
"$MIGRATE" check >out 2>err </dev/null &
second=$!
in_sleep 1
used=$(databases)
[ -n "$used" ] && [ "$used" != "$left" ]; ok 'the next run drops it'
printf 'CREATE TABLE t (id int);\n' | schema
run migrate check
same "$(databases)" "$used" 'one that is in use is left alone'
kill -TERM $second
wait $second
same "$?" 130 'SIGTERM ends a run'
same "$(cat err)" 'error: interrupted: the model is not read' 'and it says why, and nothing else'
same "$(databases)" '' 'and drops its scratch database'

{ echo 'CREATE TABLE t (id int);'; echo 'SELECT pg_sleep(30);'; } | schema
"$MIGRATE" check >out 2>err </dev/null &
third=$!
in_sleep 1
kill -HUP $third
wait $third
same "$?" 130 'a terminal that is closed ends a run'
same "$(databases)" '' 'and its scratch database is dropped, too'

run migrate check -x scratch_url=postgresql://postgres@127.0.0.1:1/elsewhere
exits 1 'a scratch_url where no server is'
says "no scratch database beside 'postgresql://postgres@127.0.0.1:1/elsewhere'" 'is the URL that the error names'
finish

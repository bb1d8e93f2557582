#!/usr/bin/env bash
# Views, functions and tables that are created anew have the owners and privileges that they had, on the way up and back.
# A revision of operations does not know them, but runs both ways.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/postgresql-tap.sh"

privileges() { # DATABASE: owners and privileges, those on columns too
    psql_rows "$1" "SELECT relname, relowner::regrole, (SELECT string_agg(a::text, ' ' ORDER BY a::text) FROM unnest(relacl) a)
            FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'm') AND relname NOT LIKE 'migrate%'
        UNION ALL SELECT concat_ws('.', attrelid::regclass, attname), NULL, attacl::text FROM pg_attribute WHERE attacl IS NOT NULL
            AND attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
        UNION ALL SELECT proname, proowner::regrole, (SELECT string_agg(a::text, ' ' ORDER BY a::text) FROM unnest(proacl) a)
            FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT typname, typowner::regrole, (SELECT string_agg(a::text, ' ' ORDER BY a::text) FROM unnest(typacl) a)
            FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype = 'd'
        ORDER BY 1"
}
psql -qX "$PGURL" -c 'CREATE ROLE reader' -c 'CREATE ROLE "the writer"' -c 'CREATE ROLE keeper' >/dev/null
ok "there are roles"

schema="CREATE TABLE t (id integer PRIMARY KEY, a integer, b text);
CREATE TABLE gone (id integer PRIMARY KEY, a integer);
CREATE DOMAIN left_out AS text;
CREATE VIEW v AS SELECT id, a, b FROM t;
CREATE VIEW w AS SELECT id FROM v;
CREATE MATERIALIZED VIEW m AS SELECT a FROM t;
CREATE FUNCTION f(a integer) RETURNS integer LANGUAGE sql AS 'SELECT a';
CREATE FUNCTION g(a integer) RETURNS integer LANGUAGE sql AS 'SELECT a';
CREATE PROCEDURE p(a integer) LANGUAGE sql AS 'SELECT a';"
wanted="CREATE TABLE t (id integer PRIMARY KEY, a bigint, b text);
CREATE VIEW v AS SELECT id, a, b FROM t WHERE a > 0;
CREATE VIEW w AS SELECT id FROM v;
CREATE MATERIALIZED VIEW m AS SELECT a FROM t;
CREATE FUNCTION f(a integer, b text) RETURNS bigint LANGUAGE sql AS 'SELECT a::bigint';
CREATE FUNCTION g(a integer) RETURNS integer LANGUAGE sql AS 'SELECT a + 1';
CREATE PROCEDURE p(b integer) LANGUAGE sql AS 'SELECT b';"
grants='GRANT SELECT, INSERT ON v TO reader; GRANT UPDATE ON v TO "the writer" WITH GRANT OPTION; GRANT SELECT ON w TO PUBLIC;
GRANT SELECT (a), UPDATE (a) ON v TO keeper; ALTER VIEW w OWNER TO keeper; GRANT ALL ON m TO reader;
REVOKE EXECUTE ON FUNCTION f FROM PUBLIC; GRANT EXECUTE ON FUNCTION f TO reader; ALTER FUNCTION f OWNER TO keeper;
REVOKE EXECUTE ON FUNCTION g FROM PUBLIC; REVOKE EXECUTE ON PROCEDURE p FROM PUBLIC; GRANT EXECUTE ON PROCEDURE p TO "the writer";
GRANT SELECT ON gone TO reader; GRANT UPDATE (a) ON gone TO "the writer"; ALTER TABLE gone OWNER TO keeper;
REVOKE USAGE ON DOMAIN left_out FROM PUBLIC; GRANT USAGE ON DOMAIN left_out TO reader; ALTER DOMAIN left_out OWNER TO keeper;
ALTER MATERIALIZED VIEW m OWNER TO keeper; GRANT CREATE ON SCHEMA public TO keeper; GRANT SELECT ON t, v TO keeper;'

for format in sql ops; do
    new_project "grants_$format"
    url=$(newdb "grants_$format") other=$(newdb "grants_${format}_wanted")
    printf '%s\n%s\n' "$schema" "$grants" | psql -qX -v ON_ERROR_STOP=1 "$url" >/dev/null &&
        psql -qX -v ON_ERROR_STOP=1 "$other" <<<"$wanted" >/dev/null
    ok "$format: the scripts run"
    printf '[migrate]\nscript_location = %%(here)s/migrations\nurl = %s\nmodels = %%(here)s/migrations/models.json\nrevision_format = %s\n' "$url" "$format" >migrate.ini
    migrate inspect --url "$other" >migrations/models.json
    before=$(privileges "grants_$format")
    kept=$(grep -v -e '^gone' -e '^left_out' <<<"$before")
    run migrate revision --autogenerate -m change
    exits 0 "$format: the change becomes a revision"
    run migrate upgrade --sql head
    case $out in *"are lost when it is dropped"*) [ "$format" = ops ] ;; *) true ;; esac
    ok "$format: nothing that is given back is said to be lost"
    run migrate upgrade head
    exits 0 "$format: up"
    [ "$status" = 0 ] || explain
    [ "$format" = ops ] || same "$(privileges "grants_$format")" "$kept" "$format: owners and privileges of what was created anew"
    run migrate check
    exits 0 "$format: check finds nothing"
    run migrate downgrade base
    exits 0 "$format: down"
    [ "$status" = 0 ] || explain
    [ "$format" = ops ] || same "$(privileges "grants_$format")" "$before" "$format: as it was, with what had been dropped"
done
finish

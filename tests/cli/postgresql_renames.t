#!/usr/bin/env bash
# Renames on PostgreSQL: of everything that has a name, up and down, as ALTER … RENAME and nothing else.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/postgresql-tap.sh"

dumped() { # DATABASE
    pg_dump --no-owner --inserts "postgresql://postgres@127.0.0.1:$PGPORT_/$1" -T 'migrate_*' |
        sed -e '/^--/d' -e '/^$/d' -e '/^\\\(un\)\?restrict/d'
}
load() { # URL SQL
    psql -qX1 -v ON_ERROR_STOP=1 "$1" <<<"$2" >/dev/null
}
# A database with `former`, and `latter` as its model in SQL.
project() { # NAME FORMER LATTER
    name=$1
    new_project "$name"
    url=$(newdb "$name")
    load "$url" "$2"; ok "$name: the former schema loads"
    printf '[migrate]\nscript_location = %%(here)s/migrations\nurl = %s\nmodels = schema.sql\n' "$url" >migrate.ini
    printf '%s\n' "$3" >schema.sql
    wanted=$(newdb "${name}_wanted")
    load "$wanted" "$3"; ok "$name: the latter schema loads"
}
# The revision goes up to the model and down to what was there.
there_and_back() { # [FLAGS…]
    local before
    before=$(dumped "$name")
    run migrate revision --autogenerate -m rename "$@"
    exits 0 "$name: a revision"
    sql=$(cat "$out")
    run migrate upgrade head
    exits 0 "$name: up"
    [ "$status" = 0 ] || explain
    same "$(dumped "$name" | grep -v '^INSERT')" "$(dumped "${name}_wanted" | grep -v '^INSERT')" "$name: as wanted"
    run migrate check
    exits 0 "$name: check finds nothing"
    run migrate downgrade base
    exits 0 "$name: down"
    [ "$status" = 0 ] || explain
    same "$(dumped "$name")" "$before" "$name: as it was, rows included"
}
only_renames() {
    same "$(printf '%s\n' "$sql" | grep -v '^--' | grep -v '^$' | grep -v '^ALTER .* RENAME')" "" "$name: nothing but ALTER … RENAME"
}

former="CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE DOMAIN postal AS text CHECK (VALUE ~ '^[0-9]+\$');
CREATE TYPE pair AS (a integer, b text);
CREATE SEQUENCE numbers START 5;
CREATE FUNCTION twice(i integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT i * 2';
CREATE TABLE people (id integer PRIMARY KEY, mood mood DEFAULT 'ok', zip postal, p pair, ps pair[], n bigint DEFAULT nextval('numbers'),
    name text, t integer DEFAULT twice(4), CONSTRAINT name_long CHECK (length(name) > 0), CHECK (twice(id) > 0), UNIQUE (name));
CREATE INDEX ix_lower ON people (lower(name));
CREATE VIEW adults AS SELECT id, name FROM people WHERE mood <> 'sad';
CREATE VIEW adult_names AS SELECT name, twice(id) AS t FROM adults;
CREATE MATERIALIZED VIEW mv AS SELECT name FROM people;
CREATE UNIQUE INDEX ix_mv ON mv (name);
CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER tr BEFORE INSERT ON people FOR EACH ROW EXECUTE FUNCTION keep();
ALTER TABLE people ENABLE ROW LEVEL SECURITY;
CREATE POLICY pol ON people USING (id > 0);"
rows="INSERT INTO people VALUES (1, 'happy', '123', (1, 'x'), NULL, 7, 'joe', 8);"
latter=$(sed -e "s/\bmood mood\b/mood feeling/; s/TYPE mood/TYPE feeling/; s/DOMAIN postal/DOMAIN zipcode/; s/zip postal/zip zipcode/
    s/TYPE pair/TYPE couple/; s/p pair, ps pair\[\]/p couple, ps couple[]/; s/SEQUENCE numbers/SEQUENCE nums/
    s/nextval('numbers')/nextval('nums')/; s/ix_lower/ix_low/; s/name_long/name_min/; s/VIEW adults/VIEW grownups/
    s/FROM adults/FROM grownups/; s/VIEW adult_names/VIEW grown_names/; s/VIEW mv/VIEW matv/; s/ix_mv ON mv/ix_matv ON matv/
    s/twice(/doubled(/g; s/keep()/hold()/g; s/TRIGGER tr /TRIGGER trig /; s/POLICY pol /POLICY guard /; s/'happy'/'glad'/
    s/people/persons/g" <<<"$former")
flags=(people:persons mood:feeling feeling.happy:glad postal:zipcode pair:couple numbers:nums adults:grownups
    adult_names:grown_names mv:matv ix_mv:ix_matv twice:doubled keep:hold people.tr:trig pol:guard)

# The flags that an error or a warning tells to pass.
told() { printf '%s\n' "$err" | sed -n 's/.*\(--rename [^ ,]*\).*/\1/p'; }

project everything "$former
$rows" "$latter"
run migrate revision --autogenerate -m refused
exits 1 "what looks renamed is refused"
same "$(told | sort)" "$(printf -- '--rename %s\n' adult_names:grown_names adults:grownups feeling.happy:feeling.glad \
    keep:hold mood:feeling mv:matv numbers:nums pair:couple people:persons postal:zipcode twice:doubled | sort)" \
    "the error tells all flags at once"
run migrate check
exits 3 "check finds differences"
same "$(told | wc -l)" 11 "check tells the flags"
run migrate diff --json
exits 3 "diff finds differences"
same "$(printf '%s' "$out" | python3 -c 'import json, sys; print(len(json.load(sys.stdin)["likely_renames"]))')" 11 \
    "diff --json lists likely renames"
# shellcheck disable=SC2046
run migrate diff $(migrate diff 2>&1 >/dev/null | sed -n 's/.*\(--rename [^ ,]*\).*/\1/p')
exits 3 "the flags told are taken"
same "$(printf '%s\n' "$out" | grep -v '^$' | grep -vE '^(ALTER .* RENAME|DROP INDEX|CREATE UNIQUE INDEX|CREATE TRIGGER|DROP TRIGGER|CREATE POLICY|DROP POLICY)')" "" "they are all that is needed"
there_and_back "${flags[@]/#/--rename=}"
only_renames
finish

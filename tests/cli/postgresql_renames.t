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

# --- comments in the model, a table renamed and changed at once, bodies that are texts ---
project comments "CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE people (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name varchar(20) NOT NULL, old_note text, mood mood, age integer);
CREATE INDEX ix_people_lower ON people (lower(name));
CREATE TABLE pets (id integer PRIMARY KEY, owner integer REFERENCES people);
CREATE VIEW adults AS SELECT id, name FROM people WHERE age > 17;
CREATE VIEW adult_pets AS SELECT p.id, a.name FROM pets p JOIN adults a ON a.id = p.owner;
CREATE FUNCTION oldest() RETURNS integer LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT max(age) FROM people); END';
INSERT INTO people (name, mood, age) VALUES ('Joe', 'ok', 30); INSERT INTO pets VALUES (1, 1);" \
"CREATE TYPE mood AS ENUM (
    'sad',
    'fine' -- renamed from: ok
);
-- renamed from: people
CREATE TABLE persons (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    full_name varchar(80) NOT NULL, -- renamed from: name
    mood mood,
    -- renamed from: \"age\"
    years bigint,
    CONSTRAINT years_min CHECK (years > 0)
);
CREATE INDEX ix_persons_lower ON persons (lower(full_name)); -- renamed from: ix_people_lower
CREATE TABLE pets (id integer PRIMARY KEY, owner integer REFERENCES persons);
-- renamed from: adults
CREATE VIEW grownups AS SELECT id, full_name FROM persons WHERE years > 17;
CREATE VIEW adult_pets AS SELECT p.id, a.full_name FROM pets p JOIN grownups a ON a.id = p.owner;
CREATE FUNCTION oldest() RETURNS integer LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT max(years) FROM persons); END';"
kept() { # TABLE NAME AGE: of the rows
    psql_rows comments "SELECT id, $2, mood::text <> 'sad', $3, (SELECT owner FROM pets) FROM $1"
}
before=$(kept people name age)
there_and_back_with_columns() {
    run migrate revision --autogenerate -m rename
    exits 0 "comments: a revision"
    run migrate upgrade head
    exits 0 "comments: up"
    [ "$status" = 0 ] || explain
    same "$(kept persons full_name years)" "$before" "comments: the rows are there"
    same "$(migrate -q inspect)" "$(migrate -q inspect --url "$wanted")" "comments: as wanted"
    run migrate check
    exits 0 "comments: check finds nothing"
    run migrate downgrade base
    exits 0 "comments: down"
    [ "$status" = 0 ] || explain
    same "$(kept people name age)" "$before" "comments: the rows are back"
}
former_state=$(migrate -q inspect)
there_and_back_with_columns
# The column that was dropped comes back as the last one.
same "$(migrate -q inspect | sed 's/,$//' | sort)" "$(sed 's/,$//' <<<"$former_state" | sort)" "comments: as it was"
run migrate upgrade head
psql_rows comments "SELECT oldest()" >/dev/null; ok "comments: the text of the function names the new table"

# --- indexes and constraints that say their former name, and change or do not ---
project keys "CREATE TABLE t (id integer, a integer, b text, CONSTRAINT u1 UNIQUE (a), CONSTRAINT c1 CHECK (a > 0 AND id > 1));
CREATE INDEX i1 ON t (lower(b)) WHERE a > 1 AND id > 1; CREATE INDEX j1 ON t (a); CREATE INDEX k1 ON t (b);
INSERT INTO t VALUES (2, 1, 'x');" "CREATE TABLE t (id integer, a integer, b text,
    CONSTRAINT u2 UNIQUE (a), -- renamed from: u1
    CONSTRAINT c2 CHECK (a > 0 AND id > 0) -- renamed from: c1
);
CREATE INDEX i2 ON t (lower(b)) WHERE a > 1 AND id > 1;
CREATE INDEX j2 ON t (a); -- renamed from: j1
COMMENT ON INDEX j2 IS 'by a';
-- renamed from: k1
CREATE INDEX k2 ON t (b, a);"
there_and_back
same "$(sed '/migrate:down/,$d' <<<"$sql" | grep -v '^--' | grep -v '^$')" "ALTER INDEX j1 RENAME TO j2;
DROP INDEX k1;
ALTER INDEX i1 RENAME TO i2;
ALTER TABLE t RENAME CONSTRAINT u1 TO u2;
ALTER TABLE t DROP CONSTRAINT c1;
COMMENT ON INDEX j2 IS 'by a';
CREATE INDEX k2 ON t (b, a);
ALTER TABLE t ADD CONSTRAINT c2 CHECK ((a > 0) AND (id > 0));" "keys: renamed in place unless they are otherwise"
migrate -q inspect --url "$wanted" | sed 's/(a > 1) AND (id > 1)/((a>1)) AND id > 1/' >migrations/models.json
sed -i 's|^models = .*|models = migrations/models.json|' migrate.ini
run migrate diff
prints "ALTER INDEX i1 RENAME TO i2" "keys: an index on an expression in other words is renamed in place"

# --- partitions, and types in other schemas ---
project parts "CREATE SCHEMA s; CREATE TYPE s.mood AS ENUM ('a');
CREATE TABLE logs (at date NOT NULL, m s.mood) PARTITION BY RANGE (at);
CREATE TABLE logs_1 PARTITION OF logs FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE base (id integer); CREATE TABLE child (extra text) INHERITS (base);
INSERT INTO logs VALUES ('2026-05-05', 'a');" "CREATE SCHEMA s; CREATE TYPE s.feeling AS ENUM ('a');
CREATE TABLE events (at date NOT NULL, m s.feeling) PARTITION BY RANGE (at);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE root (id integer); CREATE TABLE child (extra text) INHERITS (root);"
printf 'include_schemas = public, s\n' >>migrate.ini
there_and_back --rename s.mood:feeling --rename logs:events --rename logs_1:events_1 --rename base:root
only_renames
finish

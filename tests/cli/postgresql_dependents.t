#!/usr/bin/env bash
# Small changes under objects that depend on what changes: up, an empty check, and back to the former dump, with rows.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/postgresql-tap.sh"

dumped() { # DATABASE
    pg_dump --no-owner --inserts "postgresql://postgres@127.0.0.1:$PGPORT_/$1" -T 'migrate_*' |
        sed -e '/^--/d' -e '/^$/d' -e '/^\\\(un\)\?restrict/d' | sort
}
# What the second script adds to the first becomes a revision; $sql is its text.
check_change() { # NAME SCRIPT CHANGE
    local name=$1 url wanted before
    new_project "$name"
    url=$(newdb "$name") wanted=$(newdb "${name}_wanted")
    psql -qX1 -v ON_ERROR_STOP=1 "$url" <<<"$2" >/dev/null && psql -qX1 -v ON_ERROR_STOP=1 "$wanted" <<<"$2" >/dev/null &&
        psql -qX -v ON_ERROR_STOP=1 "$wanted" <<<"$3" >/dev/null
    ok "$name: the scripts run"
    printf '[migrate]\nscript_location = %%(here)s/migrations\nurl = %s\nmodels = %%(here)s/migrations/models.json\n' "$url" >migrate.ini
    migrate inspect --url "$wanted" >migrations/models.json
    before=$(dumped "$name")
    run migrate revision --autogenerate -m change
    exits 0 "$name: the change becomes a revision"
    sql=$(cat "$out")
    run migrate upgrade head
    exits 0 "$name: up"
    [ "$status" = 0 ] || explain
    same "$(dumped "$name")" "$(dumped "${name}_wanted")" "$name: as wanted"
    run migrate check
    exits 0 "$name: check finds nothing"
    run migrate downgrade base
    exits 0 "$name: down"
    [ "$status" = 0 ] || explain
    same "$(dumped "$name")" "$before" "$name: as it was"
}
without() { # TEXT NAME: in the revision
    case $sql in *"$1"*) printf '%s\n' "$sql" | sed 's/^/# /'; false ;; *) true ;; esac; ok "$2"
}

enum="CREATE TYPE mood AS ENUM ('a', 'b');
CREATE TABLE people (id integer PRIMARY KEY, mood mood DEFAULT 'a', copy mood GENERATED ALWAYS AS (mood) STORED, CHECK (mood <> 'b'));
INSERT INTO people VALUES (1, 'a');
CREATE FUNCTION same(mood) RETURNS mood LANGUAGE sql AS 'SELECT \$1';
CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE VIEW z AS SELECT * FROM people WHERE mood = 'a';
CREATE VIEW b AS SELECT same(mood) AS m FROM z;
CREATE VIEW other AS SELECT id FROM people;
CREATE MATERIALIZED VIEW m AS SELECT mood FROM z;
CREATE INDEX ix_m ON m (mood);
CREATE TRIGGER t BEFORE UPDATE OF mood ON people FOR EACH ROW WHEN (NEW.mood = 'a') EXECUTE FUNCTION keep();
CREATE RULE r AS ON DELETE TO people WHERE old.mood = 'b' DO INSTEAD NOTHING;
CREATE POLICY p ON people USING (mood = 'a');"
check_change enum_value "$enum" "ALTER TYPE mood ADD VALUE 'c'"
without 'DROP VIEW other' "what does not use the enum stays"
case ${sql%%-- migrate:down*} in *DROP*) false ;; *) true ;; esac; ok "on the way up nothing goes away"

check_change comments "CREATE TYPE mood AS ENUM ('a');
CREATE TABLE people (id integer PRIMARY KEY, mood mood, email text UNIQUE);
CREATE INDEX ix_mood ON people (mood);
CREATE VIEW v AS SELECT id FROM people;
CREATE VIEW w AS SELECT id FROM v;" "COMMENT ON TYPE mood IS 'x'; COMMENT ON VIEW v IS 'x'; COMMENT ON INDEX ix_mood IS 'x';
COMMENT ON CONSTRAINT people_email_key ON people IS 'x'"
without DROP "a comment drops no view, no index and no key"
finish

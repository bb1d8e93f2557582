#!/usr/bin/env bash
# What means the same is no difference: each pair says one thing in two ways. A database is made from either side, and
# checked against the model of the other side, and its own. What does not mean the same is a difference.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/postgresql-tap.sh"

# PART | one | the other. Every line has a table (or object) of its own.
pairs() {
    cat <<'PAIRS'
default timestamptz | now() | CURRENT_TIMESTAMP
default timestamptz | now() | transaction_timestamp()
default timestamptz | transaction_timestamp() | CURRENT_TIMESTAMP
default timestamptz | pg_catalog.now() | CURRENT_TIMESTAMP
default timestamp | (now()) | current_timestamp
default timestamp | (now() AT TIME ZONE 'utc') | (CURRENT_TIMESTAMP AT TIME ZONE 'utc')
default timestamptz | now() + interval '1 day' | (CURRENT_TIMESTAMP + '1 day'::interval)
default date | now()::date | CAST(CURRENT_TIMESTAMP AS date)
default text | USER | CURRENT_USER
default text | CURRENT_ROLE | current_user
default text | current_schema() | CURRENT_SCHEMA
default text | current_database() | CURRENT_CATALOG
default varchar(20) | 'x' | 'x'::character varying
default varchar(20) | 'it''s' | E'it\'s'
default integer | 1+1 | (1 + 1)
default integer | '7' | 7
default integer | -1 | '-1'::integer
default numeric(10,2) | 0 | (0)
default boolean | 't' | true
default interval | interval '1 day' | '1 day'::interval
default interval | interval '24' hour | '24:00:00'::interval hour
default jsonb | '{}' | '{}'::jsonb
default text[] | '{}' | '{}'::text[]
default text[] | ARRAY['a'::varchar, 'b'::varchar]::text[] | ARRAY['a'::varchar::text, ('b'::varchar)::text]
default uuid | gen_random_uuid() | pg_catalog.gen_random_uuid()
type | int4 | integer
type | int8 | bigint
type | varchar(20) | character varying(20)
type | timestamptz | timestamp with time zone
type | timestamp(3) | timestamp(3) without time zone
type | decimal(8,2) | numeric(8,2)
type | float8 | double precision
type | bool | boolean
type | char(3) | character(3)
type | int4[] | integer[]
type | varbit(8) | bit varying(8)
type | interval | INTERVAL
check | a IN (1,2) | a = ANY (ARRAY[1,2])
check | a NOT IN (1,2) | a <> ALL (ARRAY[1, 2])
check | b IN ('x','y') | ((b)::text = ANY ((ARRAY['x'::character varying, 'y'::character varying])::text[]))
check | b IN ('x','y') | (b)::text = ANY (ARRAY[('x'::character varying)::text, ('y'::character varying)::text])
check | a BETWEEN 1 AND 5 | a >= 1 AND a <= 5
check | a > 1 AND (b <> '' OR c < now()) | ((a > 1) AND (((b)::text <> ''::text) OR (c < CURRENT_TIMESTAMP)))
check | b LIKE 'x%' | (b)::text ~~ 'x%'::text
check | a != 3 | (a <> 3)
check | b = USER | (b)::text = CURRENT_USER
computed integer | a*2 | (a * 2)
computed text | lower(b) | lower((b)::text)
computed boolean | a in (1,2) | (a = ANY (ARRAY[1, 2]))
index | lower(b) | lower((b)::text)
index | (a+1) | a + 1
index | coalesce(b,'') | COALESCE(b, ''::character varying)
where | a IN (1,2) | (a = ANY (ARRAY[1, 2]))
where | b IN ('x','y') | (b)::text = ANY (ARRAY[('x'::character varying)::text, ('y'::character varying)::text])
where | b is not null | (b IS NOT NULL)
policy | c < now() | (c < CURRENT_TIMESTAMP)
policy | b = current_user | ((b)::text = CURRENT_ROLE)
view | SELECT a, c < now() AS old FROM base WHERE b IN ('x','y') | SELECT base.a, (base.c < CURRENT_TIMESTAMP) AS old FROM base WHERE ((base.b)::text = ANY (ARRAY[('x'::character varying)::text, ('y'::character varying)::text]))
view | SELECT a FROM base WHERE a IN (1,2) | SELECT base.a FROM base WHERE base.a = ANY (ARRAY[1, 2])
view | SELECT now() | SELECT CURRENT_TIMESTAMP AS now
view | SELECT a, user AS u FROM base | SELECT base.a, CURRENT_USER AS u FROM base
matview | SELECT a + 1 AS x, now() AS y FROM base | SELECT (base.a + 1) AS x, CURRENT_TIMESTAMP AS y FROM base
matviewindex | x IN (1,2) | (x = ANY (ARRAY[1, 2]))
domain integer | DEFAULT 1+1 CHECK (VALUE IN (1,2)) | DEFAULT (1 + 1) CHECK (VALUE = ANY (ARRAY[1, 2]))
domain timestamptz | DEFAULT now() CHECK (VALUE < now()) | DEFAULT CURRENT_TIMESTAMP CHECK ((VALUE < transaction_timestamp()))
domain varchar(9) | DEFAULT 'x' CHECK (VALUE IN ('x','y')) | DEFAULT 'x'::character varying CHECK (((VALUE)::text = ANY (ARRAY[('x'::character varying)::text, ('y'::character varying)::text])))
function | a timestamptz DEFAULT now(), b int4 DEFAULT 1+1 | a timestamp with time zone DEFAULT CURRENT_TIMESTAMP, b integer DEFAULT (1 + 1)
function | a varchar DEFAULT 'x' | a character varying DEFAULT 'x'::character varying
trigger | NEW.a IN (1,2) | (NEW.a = ANY (ARRAY[1, 2]))
trigger | NEW.c < now() | ((new.c < CURRENT_TIMESTAMP))
PAIRS
}
# As above, but different.
others() {
    cat <<'OTHERS'
default timestamptz | now() | clock_timestamp()
default timestamptz | now() | statement_timestamp()
default timestamptz | now() | CURRENT_TIMESTAMP(3)
default timestamptz | CURRENT_TIMESTAMP | LOCALTIMESTAMP
default text | 'now()' | 'CURRENT_TIMESTAMP'
default text | 'user' | 'current_user'
default text | USER | SESSION_USER
default timestamptz | own.now() | now()
default text[] | ARRAY['a'::varchar, 'b'::varchar]::text[] | ARRAY['a'::varchar::text, ('c'::varchar)::text]
check | b IN ('x','y') | (b)::text = ANY (ARRAY[('x'::character varying)::text, ('z'::character varying)::text])
check | a IN (1,2) | a IN (2,1,3)
index | lower(b) | upper(b)
where | a IN (1,2) | a IN (1)
policy | b = current_user | b = session_user
view | SELECT now() | SELECT CURRENT_TIMESTAMP
view | SELECT a AS "user" FROM base | SELECT a AS "current_user" FROM base
domain timestamptz | DEFAULT now() | DEFAULT clock_timestamp()
function | a timestamptz DEFAULT now() | a timestamptz DEFAULT clock_timestamp()
trigger | NEW.c < now() | NEW.c < clock_timestamp()
OTHERS
}

# A model of one side of all lines on stdin: "one" or "other".
write_model() { # SIDE
    jq -nR --arg side "$1" '
        def column($name; $type): {name: $name, type: $type};
        def base($name): {name: $name, columns: [column("a"; "INTEGER"), column("b"; "VARCHAR(20)"), column("c"; "TIMESTAMPTZ")]};
        [inputs | select(length > 0)] | to_entries | map(
            "\(.key)" as $n | (.value | split(" | ")) as $parts
            | {part: ($parts[0] | split(" ")[0]), type: ($parts[0] | split(" ")[1:] | join(" ")),
               text: (if $side == "one" then $parts[1] else $parts[2] end), name: ("p" + $n)}
            | .name as $name | .text as $text | .type as $type
            | if .part == "default" then {tables: [base($name) | .columns += [column("d"; $type | ascii_upcase) + {server_default: $text}]]}
            elif .part == "type" then {tables: [base($name) | .columns += [column("d"; $text | ascii_upcase)]]}
            elif .part == "check" then {tables: [base($name) + {check_constraints: [{name: ("ck_" + $name), expression: $text}]}]}
            elif .part == "computed" then {tables: [base($name) | .columns += [column("d"; $type | ascii_upcase) + {computed: {expression: $text, persisted: true}}]]}
            elif .part == "index" then {tables: [base($name) + {indexes: [{name: ("ix_" + $name), columns: [{expression: $text}]}]}]}
            elif .part == "where" then {tables: [base($name) + {indexes: [{name: ("ix_" + $name), columns: ["a"], where: $text}]}]}
            elif .part == "policy" then {tables: [base($name)], objects: [{kind: "policy", name: ("po_" + $name), table_name: $name, definition: "CREATE POLICY po_\($name) ON \($name) USING (\($text))"}]}
            elif .part == "view" then {objects: [{kind: "view", name: $name, depends_on: ["base"], definition: "CREATE VIEW \($name) AS \($text)"}]}
            elif .part == "matview" then {objects: [{kind: "materialized_view", name: $name, depends_on: ["base"], definition: "CREATE MATERIALIZED VIEW \($name) AS \($text)"}]}
            elif .part == "matviewindex" then {objects: [
                {kind: "materialized_view", name: $name, depends_on: ["base"], definition: "CREATE MATERIALIZED VIEW \($name) AS SELECT a AS x FROM base"},
                {kind: "index", name: ("ix_" + $name), table_name: $name, depends_on: [$name], definition: "CREATE INDEX ix_\($name) ON \($name) (x) WHERE \($text)"}]}
            elif .part == "domain" then {objects: [{kind: "domain", name: $name, definition: "CREATE DOMAIN \($name) AS \($type) \($text)"}]}
            elif .part == "function" then {objects: [{kind: "function", name: $name, definition: "CREATE FUNCTION \($name)(\($text)) RETURNS integer LANGUAGE sql AS '\''SELECT 1'\''"}]}
            elif .part == "trigger" then {tables: [base($name)], objects: [{kind: "trigger", name: ("tr_" + $name), table_name: $name, depends_on: ["touch", $name],
                definition: "CREATE TRIGGER tr_\($name) BEFORE INSERT ON \($name) FOR EACH ROW WHEN (\($text)) EXECUTE FUNCTION touch()"}]}
            else error("unknown part \(.part)") end)
        | {tables: ([base("base")] + [.[].tables // [] | .[]]),
           objects: ([{kind: "function", name: "touch", definition: "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS '\''BEGIN RETURN NEW; END'\''"}]
               + [.[].objects // [] | .[]])}'
}

new_project equal
url_one=$(newdb one) url_other=$(newdb other)
pairs | write_model one >one.json
pairs | write_model other >other.json
[ "$(jq '.tables | length' one.json)" -gt 40 ] && [ "$(cksum <one.json)" != "$(cksum <other.json)" ]
ok "two models"
for side in one other; do
    sed "s#^models.*#models = %(here)s/$side.json#" migrate.ini >"$side.ini"
    url=url_$side
    run migrate -c "$side.ini" create_all --url "${!url}"
    exits 0 "a database in the words of $side side"
    [ "$status" = 0 ] || explain
done
for side in one other; do
    for live in one other; do
        url=url_$live
        run migrate -c "$side.ini" check --url "${!url}"
        exits 0 "the words of $side side on the database of $live side"
    done
done
# What the one database says of itself is a model for the other one, too.
for side in one other; do
    url=url_$side
    migrate inspect --url "${!url}" >"live_$side.json"
    sed "s#^models.*#models = %(here)s/live_$side.json#" migrate.ini >"live_$side.ini"
done
run migrate -c live_one.ini check --url "$url_other"
exits 0 "the one database's own words on the other"
run migrate -c live_other.ini check --url "$url_one"
exits 0 "and the other way round"
# A dump is read by the server once more, which moves casts.
url_again=$(newdb again)
pg_dump "$url_one" | psql -qX1 -v ON_ERROR_STOP=1 "$url_again" >/dev/null
ok "a dump of it is loaded"
for side in one other live_one live_other; do
    run migrate -c "$side.ini" check --url "$url_again"
    exits 0 "the words of $side on the loaded dump"
done

# One by one: each of them alone must be seen, in both directions.
url_one=$(newdb one)
psql -qX "$url_one" -c 'CREATE SCHEMA own' -c "CREATE FUNCTION own.now() RETURNS timestamptz LANGUAGE sql AS 'SELECT pg_catalog.now()'"
url_other=$(newdb other)
psql -qX "$url_other" -c 'CREATE SCHEMA own' -c "CREATE FUNCTION own.now() RETURNS timestamptz LANGUAGE sql AS 'SELECT pg_catalog.now()'"
others | write_model one >one.json
others | write_model other >other.json
for side in one other; do
    url=url_$side
    run migrate -c "$side.ini" create_all --url "${!url}"
    exits 0 "what differs, on $side side"
    [ "$status" = 0 ] || explain
done
for live in one other; do
    side=one
    [ "$live" = one ] && side=other
    url=url_$live
    run migrate -c "$side.ini" check --url "${!url}" --json
    exits 3 "what differs is found on the database of $live side"
    n=0
    while read -r line; do
        jq -e --arg name "p$n" '[.operations[] | tostring | select(test("\\b(ck_|ix_|po_|tr_)?" + $name + "\\b"))] | length > 0' >/dev/null <<<"$out"
        ok "$line: different on the database of $live side"
        n=$((n + 1))
    done < <(others)
done
finish

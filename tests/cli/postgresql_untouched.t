#!/usr/bin/env bash
# What a comparison must leave as it is: keys and indexes of which only a comment or a storage parameter differs,
# sequences that spell out their defaults, and what the model does not speak of.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/postgresql-tap.sh"

statements() { printf '%s\n' "$out" | grep -v '^$' | sort; }

new_project untouched
url=$(newdb untouched)
sed -i "s#^url.*#url = $url#" migrate.ini

# --- sequences ---
cat >seq.sql <<'SQL'
CREATE SEQUENCE plain;
CREATE SEQUENCE spelled AS bigint INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1 NO CYCLE;
CREATE SEQUENCE small AS integer MAXVALUE 2147483647 START 1;
CREATE SEQUENCE down INCREMENT -1 MINVALUE -9223372036854775808 MAXVALUE -1 START -1;
CREATE TABLE owner (id integer CONSTRAINT pk_owner PRIMARY KEY, n bigint);
CREATE SEQUENCE owned OWNED BY owner.n;
SQL
psql -qX1 -v ON_ERROR_STOP=1 "$url" -f seq.sql
model <<'JSON'
{"tables": [{"name": "owner", "columns": [{"name": "id", "type": "Integer", "autoincrement": false}, {"name": "n", "type": "BigInteger"}], "primary_key": {"name": "pk_owner", "columns": ["id"]}}],
 "sequences": [{"name": "plain", "start": 1, "increment": 1, "minvalue": 1, "maxvalue": 9223372036854775807, "cache": 1, "cycle": false}, {"name": "spelled"}, {"name": "small", "type": "INT4"}, {"name": "down", "increment": -1, "start": -1}, {"name": "owned", "owned_by": "public.owner.n", "start": 1}]}
JSON
run migrate check
exits 0 "sequences that spell out their defaults, or do not"
[ "$status" = 0 ] || explain
run migrate create_all --url "$(newdb sequences)"
exits 0 "they are created"
[ "$status" = 0 ] || explain
run migrate check --url "postgresql://postgres@127.0.0.1:$PGPORT_/sequences"
exits 0 "and made from the model"
sed -i 's/"name": "plain", "start": 1/"name": "plain", "start": 2/' migrations/models.json
run migrate diff
prints "ALTER SEQUENCE plain" "another start is a change"

# --- comments and storage of keys and indexes ---
url=$(newdb comments)
sed -i "s#^url.*#url = $url#" migrate.ini
psql -qX1 -v ON_ERROR_STOP=1 "$url" <<'SQL'
CREATE TABLE p (id integer CONSTRAINT pk_p PRIMARY KEY);
CREATE TABLE t (id integer CONSTRAINT pk_t PRIMARY KEY, a integer, b varchar(9), CONSTRAINT uq_t UNIQUE (a, b),
    CONSTRAINT ck_t CHECK (b IN ('x', 'y')), CONSTRAINT fk_t FOREIGN KEY (a) REFERENCES p (id) ON DELETE CASCADE,
    CONSTRAINT ex_t EXCLUDE USING btree (a WITH =) WHERE (a IN (1, 2)));
CREATE INDEX ix_t ON t (lower(b)) WHERE a IN (1, 2);
SQL
# What only words tell apart, and the comments.
with_comments() { # COMMENT|null
    sed "s/COMMENT/$1/" <<'JSON'
{"tables": [
 {"name": "p", "columns": [{"name": "id", "type": "Integer", "autoincrement": false}], "primary_key": {"name": "pk_p", "columns": ["id"]}},
 {"name": "t", "columns": [{"name": "id", "type": "Integer", "autoincrement": false}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(9)"}],
  "primary_key": {"name": "pk_t", "columns": ["id"], "comment": COMMENT},
  "unique_constraints": [{"name": "uq_t", "columns": ["a", "b"], "comment": COMMENT}],
  "check_constraints": [{"name": "ck_t", "expression": "b = 'x' OR b = 'y'", "comment": COMMENT}],
  "exclude_constraints": [{"name": "ex_t", "expression": "USING btree (a WITH =) WHERE (a in (1,2))", "comment": COMMENT}],
  "foreign_keys": [{"name": "fk_t", "columns": ["a"], "referred_table": "p", "referred_columns": ["id"], "ondelete": "CASCADE", "comment": COMMENT}],
  "indexes": [{"name": "ix_t", "columns": [{"expression": "lower(b)"}], "where": "a in (1,2)", "comment": COMMENT}]}]}
JSON
}
keys="CONSTRAINT ck_t ON t
CONSTRAINT ex_t ON t
CONSTRAINT fk_t ON t
CONSTRAINT pk_t ON t
CONSTRAINT uq_t ON t
INDEX ix_t"
filenodes() { psql_rows comments "SELECT relname, relfilenode FROM pg_class WHERE relname ~ '_t$' UNION ALL SELECT conname, oid FROM pg_constraint WHERE conname ~ '_t$' ORDER BY 1, 2"; }
n=0 before=$(filenodes)
[ "$(wc -l <<<"$before")" -ge 9 ]
ok "keys and indexes are there"
for comment in '"new"' '"it'"'"'s newer"' null; do
    with_comments "$comment" | sed "s/b = 'x' OR b = 'y'/b in ('x','y')/" >migrations/models.json
    literal=$(jq -r 'if . == null then "NULL" else "'"'"'" + gsub("'"'"'"; "'"''"'") + "'"'"'" end' <<<"$comment")
    run migrate diff
    same "$(statements)" "$(sed "s/.*/COMMENT ON & IS $literal;/" <<<"$keys")" "comments become $comment: COMMENT ON and nothing else"
    run migrate revision --autogenerate -m "comments" --rev-id "000$((++n))"
    exits 0 "a revision of them"
    run migrate upgrade head
    exits 0 "is applied"
    run migrate check
    exits 0 "nothing is left"
    same "$(filenodes)" "$before" "no key and no index was made anew"
done
with_comments null | sed "s/b = 'x' OR b = 'y'/b in ('x','y')/; s/\"where\"/\"options\": {\"postgresql\": {\"with\": {\"fillfactor\": 70}}}, &/" >migrations/models.json
run migrate diff
same "$(statements)" "ALTER INDEX ix_t SET (fillfactor=70);" "a storage parameter of an index in other words"
with_comments null >migrations/models.json
run migrate diff
prints "ALTER TABLE t DROP CONSTRAINT ck_t" "another check is another key"

# --- schemas and extensions that the model does not speak of ---
url=$(newdb alone)
sed -i "s#^url.*#url = $url#; s/^script_location/include_schemas = public, app, extra, empty\n&/" migrate.ini
rm -f migrations/versions/*
psql -qX1 -v ON_ERROR_STOP=1 "$url" <<'SQL'
CREATE SCHEMA app;
CREATE SCHEMA extra;
CREATE SCHEMA empty;
COMMENT ON SCHEMA empty IS 'nothing is in it';
CREATE EXTENSION citext;
CREATE EXTENSION pgcrypto SCHEMA extra;
CREATE TABLE a (id integer CONSTRAINT pk_a PRIMARY KEY, e citext);
CREATE TABLE app.b (id integer CONSTRAINT pk_b PRIMARY KEY);
SQL
migrate inspect >whole.json
cp whole.json migrations/models.json
run migrate check
exits 0 "check behind inspect"
jq 'del(.objects)' whole.json >migrations/models.json
run migrate check
exits 0 "a model without schemas and extensions"
same "$err" "" "and not a word of them"
run migrate check -v
for what in "extension citext" "extension pgcrypto" "schema empty" "schema extra"; do
    says "$what: is not in the model and is left alone" "-v tells what is left alone: $what"
done
# The model names schemas: then the others go, but for those that something needs that stays.
jq '.objects |= map(select(.kind == "schema" and .name == "app"))' whole.json >migrations/models.json
run migrate diff
same "$(statements)" "DROP SCHEMA empty;" "a schema that the model leaves out is dropped where it names others"
run migrate diff -v
says "schema extra: is not in the model and is left alone, since extension pgcrypto needs it" "one that an extension needs stays"
run migrate check
prints "drop schema empty" "check tells"
run migrate revision --autogenerate -m gone --rev-id 0001
says "drop schema empty" "and so does the revision"
run migrate upgrade head
exits 0 "it goes"
run migrate check
exits 0 "nothing differs"
same "$(psql_rows alone "SELECT string_agg(nspname, ' ' ORDER BY nspname) FROM pg_namespace WHERE nspname IN ('app', 'extra', 'empty')")" "app extra" "the others are there"
run migrate downgrade base
exits 0 "and back"
cp whole.json migrations/models.json
run migrate inspect
same "$out" "$(cat whole.json)" "it came back with its comment"
finish

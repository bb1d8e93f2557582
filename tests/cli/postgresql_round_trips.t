#!/usr/bin/env bash
# How often the tool waits for the server: counted by a proxy that delays every answer, connections included.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/postgresql-tap.sh"
PROXY=$ROOT/${B:-build}/tests/support/delay-proxy

# Runs the tool through the proxy; $trips gets the round trips it needed.
through_proxy() { # DATABASE ARGUMENTS…
    local database=$1
    shift
    rm -f "$WORK/.proxy-port"
    "$PROXY" "$WORK/.proxy-port" "$PGPORT_" 10 >"$WORK/.trips" &
    local proxy=$!
    for _ in $(seq 200); do [ -s "$WORK/.proxy-port" ] && break; sleep 0.01; done
    run migrate "$@" --url "postgresql://postgres@127.0.0.1:$(cat "$WORK/.proxy-port")/$database?sslmode=disable"
    kill -TERM "$proxy"
    wait "$proxy"
    trips=$(tr -dc '0-9' <"$WORK/.trips")
}
at_most() { # LIMIT NAME
    [ "$trips" -le "$1" ] && [ "$trips" -gt 0 ]; ok "$2: $trips round trips, at most $1"
}

new_project trips
url=$(newdb trips)
sed -i "s#^url.*#url = $url#" migrate.ini
for i in 1 2 3; do
    revision_file "000$i" "$([ "$i" = 1 ] || echo "000$((i - 1))")" "step" <<SQL
-- migrate:up
$(for n in $(seq 50); do echo "CREATE TABLE t${i}_$n (id integer PRIMARY KEY, x text);"; done)

-- migrate:down
$(for n in $(seq 50); do echo "DROP TABLE t${i}_$n;"; done)
SQL
done
run migrate upgrade 0001
exits 0 "the first revision"
through_proxy trips upgrade 0002
exits 0 "a revision of 50 statements"
one=$trips
through_proxy trips downgrade 0001
exits 0 "back"
through_proxy trips upgrade 0003
exits 0 "two revisions of 50 statements"
two=$trips
trips=$((two - one))
at_most 5 "a revision of 50 statements more"
trips=$one
at_most 12 "all of a run with one revision, two connections and the lock included"
through_proxy trips upgrade head
exits 0 "nothing to do"
at_most 4 "upgrade head with nothing to do"
through_proxy trips current
exits 0 "current"
at_most 4 "current"
through_proxy trips status
exits 0 "status"
at_most 4 "status"
printf '{"tables": [%s]}' "$(for i in $(seq 30); do echo "{\"name\": \"made_$i\", \"columns\": [{\"name\": \"id\", \"type\": \"Integer\", \"primary_key\": true}]},"; done | sed '$s/,$//')" >migrations/models.json
through_proxy trips create_all
exits 0 "create_all"
prints "made_30" "creates the tables"
at_most 10 "30 tables created"

# A model in other words than the server's: the second stage is needed.
url=$(newdb large)
awk 'BEGIN { for (t = 1; t <= 1000; t++) printf "CREATE TABLE t%d (id integer CONSTRAINT pk_t%d PRIMARY KEY, a integer DEFAULT (1 + 1), b text, c timestamptz DEFAULT now(), CONSTRAINT ck_%d CHECK (a IN (1, 2)));\n", t, t, t }' >large.sql
psql -qX1 "$url" -f large.sql >/dev/null
rm migrations/versions/*
awk 'BEGIN { printf "{\"tables\": ["; for (t = 1; t <= 1000; t++) printf "%s{\"name\": \"t%d\", \"columns\": [{\"name\": \"id\", \"type\": \"Integer\", \"primary_key\": true, \"autoincrement\": false}, {\"name\": \"a\", \"type\": \"Integer\", \"server_default\": \"1+1\"}, {\"name\": \"b\", \"type\": \"Text\"}, {\"name\": \"c\", \"type\": \"DateTime(timezone=true)\", \"server_default\": \"CURRENT_TIMESTAMP\"}], \"check_constraints\": [{\"name\": \"ck_%d\", \"expression\": \"a = 1 OR a = 2\"}]}", (t > 1 ? ",\n" : ""), t, t; print "]}" }' >migrations/models.json
sed -i 's/a = 1 OR a = 2/a in (1,2)/; s/CURRENT_TIMESTAMP/now()/' migrations/models.json
through_proxy large check
exits 0 "check of 1,000 tables whose checks are said in other words"
at_most 6 "check of 1,000 tables"

# The same behind an applied revision: the version rows are read, too, and what include_schemas leaves to find out.
revision_file 0001 "" "first" <<SQL
-- migrate:up
CREATE TABLE extra (id integer CONSTRAINT pk_extra PRIMARY KEY);

-- migrate:down
DROP TABLE extra;
SQL
sed -i 's/^{"tables": \[/&{"name": "extra", "columns": [{"name": "id", "type": "Integer", "primary_key": true, "autoincrement": false}]},/' migrations/models.json
run migrate upgrade head --url "$url"
exits 0 "a revision is applied"
for schemas in "" "include_schemas = public"; do
    [ -z "$schemas" ] || sed -i "s/^script_location/$schemas\n&/" migrate.ini
    through_proxy large check
    exits 0 "check behind a revision${schemas:+, $schemas}"
    at_most 6 "check behind a revision${schemas:+, $schemas}"
    sed 's/in (1,2)/in (1,3)/' migrations/models.json >other.json
    cp migrations/models.json same.json
    cp other.json migrations/models.json
    through_proxy large check
    exits 3 "every table has another check${schemas:+, $schemas}"
    at_most 6 "check of what differs${schemas:+, $schemas}"
    cp same.json migrations/models.json
done
through_proxy large current
at_most 3 "current behind a revision"
finish

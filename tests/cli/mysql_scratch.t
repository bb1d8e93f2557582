#!/usr/bin/env bash
# Where the second stage asks on MariaDB: a database of its own beside the one compared, dropped whatever happens; what
# accounts may do that may not create one; and a server with implicit defaults of TIMESTAMP.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/mysql-tap.sh"
databases() { mysql_client -N -e "SELECT schema_name FROM information_schema.schemata WHERE schema_name LIKE 'migrate\_scratch%' ORDER BY 1"; }

new_project scratch
printf '[migrate]\nscript_location = %%(here)s/migrations\nurl = %s\nmodels = %%(here)s/migrations/models.json\n' "$(newdb app)" >migrate.ini
model <<'JSON'
{"tables": [{"name": "t", "columns": [
  {"name": "id", "type": "Integer", "primary_key": true},
  {"name": "a", "type": "TIMESTAMP", "nullable": false},
  {"name": "n", "type": "Integer"},
  {"name": "b", "type": "Integer", "computed": {"expression": "n * ( 2 )", "persisted": true}}],
  "check_constraints": [{"name": "ck", "expression": "not (n < 0 or n between 13 and 13)"}]}],
 "objects": [{"kind": "view", "name": "v", "definition": "create view v as select t.id from t where not id = 3"}]}
JSON
run migrate create_all
exits 0 "a model in words of its own"
run migrate check
exits 0 "agrees, in the server's words"
[ -z "$(databases)" ]; ok "and nothing is left of the question"

mysql_client -e 'CREATE DATABASE migrate_scratch_0badf00d; CREATE TABLE migrate_scratch_0badf00d.t (a INT); CREATE DATABASE migrate_scratch_of_mine; CREATE DATABASE migrate_scratch_00000001'
mysql_client -e "SELECT GET_LOCK('migrate_scratch_00000001', 0); DO sleep(20)" >/dev/null 2>&1 &
in_use=$!
sleep 0.3
run migrate check
exits 0 "check where others have left, or have, a scratch database"
same "$(databases)" "migrate_scratch_00000001
migrate_scratch_of_mine" "the one that a killed run has left is gone, one in use and one of another name stay"
kill "$in_use" 2>/dev/null
wait "$in_use" 2>/dev/null
mysql_client -e 'DROP DATABASE migrate_scratch_of_mine; DROP DATABASE migrate_scratch_00000001'

mysql_client -e "CREATE USER deploy@'127.0.0.1'; GRANT ALL ON app.* TO deploy@'127.0.0.1'; CREATE USER reader@'127.0.0.1'; GRANT SELECT, SHOW VIEW ON app.* TO reader@'127.0.0.1'"
for who in deploy reader; do
    run migrate check --url "mysql://$who@127.0.0.1:$MYPORT/app"
    exits 0 "$who may not create a database: what only words make different is no difference"
    says "whether it means the same could not be asked" "it is said what could not be asked"
    says "scratch_url" "and what helps"
done
echo "scratch_url = mysql://root@127.0.0.1:$MYPORT/mysql" >>migrate.ini
run migrate check --url "mysql://deploy@127.0.0.1:$MYPORT/app"
exits 0 "with scratch_url"
case $err in *"could not be asked"*) explain; false ;; esac; ok "everything can be asked"
[ -z "$(databases)" ]; ok "and nothing is left there"
sed -i '$d' migrate.ini

# What a killed check leaves is dropped by the next one.
KILL=$ROOT/${B:-build}/tests/support/preload/kill.so
if [ -n "${MIGRATE_TEST_SANITIZED:-}" ]; then
    skip "a killed check" "the sanitizers' run-time wants to be loaded first; the plain build runs this"
else
    left=0
    KILL_ON=send KILL_COUNT=$WORK/count LD_PRELOAD=$KILL "$MIGRATE" -q check >/dev/null 2>&1
    for ((k = 1; k <= $(cat "$WORK/count"); k++)); do
        { KILL_ON=send KILL_AT=$k LD_PRELOAD=$KILL "$MIGRATE" -q check >/dev/null; } 2>/dev/null
        left=$((left + $(databases | wc -l)))
        # A busy server has not always noticed yet that the killed one is gone.
        for _ in 1 2 3 4 5 6 7 8; do
            migrate -q check >/dev/null 2>&1
            [ -n "$(databases)" ] || break
            sleep 0.3
        done
        [ -z "$(databases)" ] || { echo "# call $k"; databases | sed 's/^/# /'; left=-1000; }
    done
    [ "$left" -gt 0 ]; ok "a check that is killed leaves its database to the next one, which drops it ($left times)"
fi

# A server with implicit defaults.
"$ROOT/tests/support/mysql.sh" stop "$MYFOLDER"
rm -rf "$MYFOLDER"; mkdir "$MYFOLDER"
"$ROOT/tests/support/mysql.sh" start "$MYFOLDER" explicit_defaults_for_timestamp=OFF >/dev/null; ok "a server with explicit_defaults_for_timestamp=OFF"
MYPORT=$(cat "$MYFOLDER/port")
url=$(newdb app)
run migrate revision --url "$url" --autogenerate -m one --rev-id 0001
exits 0 "a revision there"
run migrate upgrade --url "$url" head
exits 0 "is applied"
run migrate check --url "$url"
exits 0 "and the default that the server gives by itself is no difference"
finish

#!/usr/bin/env bash
# Revisions of Alembic: read from its files, filled with its SQL, and run beside it on the same databases.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/alembic-tap.sh"

words() { tr -s ' \t\n' ' '; }
schema() { sqlite3 -batch "$1" "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE tbl_name NOT LIKE 'migrate\_%' ESCAPE '\\' AND tbl_name <> 'alembic_version' AND name NOT LIKE 'sqlite\_%' ESCAPE '\\' ORDER BY 1, 2" | words; }

# --- the graph alone: Alembic's live database goes on here ---
alembic_project graph
alembic upgrade heads >/dev/null 2>&1; ok "Alembic migrates its database"
migrate -q init --url sqlite:///alembic.db >/dev/null
echo "x = 1" >alembic/versions/helper.py
run migrate import alembic alembic
rm alembic/versions/helper.py
exits 0 "import without SQL"
same "$(echo "$out" | wc -l)" 5 "a file per revision, its path on stdout"
says "passed over" "what is no revision is said"
says "SQL of 4 revisions was not handed over" "what is missing is said"
says "version_table = alembic_version" "what to set is said"
echo "version_table = alembic_version" >>migrate.ini
same "$(migrate heads | ids)" "$(alembic heads 2>/dev/null | ids)" "the same heads"
same "$(migrate current | ids)" "$(alembic current 2>/dev/null | ids)" "the same current"
run migrate upgrade heads
exits 0 "nothing to do at heads"
run migrate show 1975ea83b712
prints "create \"account\", it's the first

" "the docstring is the message"
prints "A second paragraph." "all of it"
prints "Created: 2011-11-08T11:40:27" "Create Date is kept"
run migrate show shop
prints "cafe00000001" "a branch label names its revision"
run migrate show beef_1
grep -iq "depends.*ae1027a6acf0" <<<"$out"; ok "depends_on is kept"
alembic stamp --purge cafe00000001 beef_1 >/dev/null 2>&1
same "$(migrate current | ids)" "$(alembic current 2>/dev/null | ids)" "where alembic stamp has put it"
same "$(migrate current | ids)" "ae1027a6acf0 beef_1 cafe00000001" "with what it depends on"
run migrate upgrade dddd00000001
exits 0 "a merge that only says pass needs no SQL"
same "$(alembic current 2>/dev/null | ids)" "$(migrate current | ids)" "Alembic sees it"
run migrate downgrade beef_1-1
exits 1 "no downgrade without its SQL"
says "imported from alembic/versions/4_other.py" "and where it comes from is said"

# --- never silently nothing ---
run migrate --url sqlite:///fresh.db upgrade heads
exits 1 "a fresh database is not said to be migrated"
says "its SQL for sqlite is not here" "and why"
same "$(sqlite3 fresh.db "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'a%'")" 0 "nothing was made"
run migrate upgrade --sql 1975ea83b712
exits 1 "nor offline"

# --- a second import ---
version 6_more <<'PY'
revision = 'eeee00000001'
down_revision = 'dddd00000001'
def upgrade(): x()
def downgrade(): pass
PY
before=$(cat migrations/versions/1975*)
run migrate import alembic alembic/versions
exits 0 "again, from the folder of versions"
same "$(echo "$out" | sed 's/.*_versions//; s/.*versions.//')" "eeee00000001.sql" "only what is new is written"
same "$(cat migrations/versions/1975*)" "$before" "what was there stays"
run migrate import alembic . --json
same "$(echo "$out" | grep -c '"path": null')" 6 "--json: nothing new, from the folder of alembic.ini"

# --- filled with SQL ---
for dialect in sqlite postgresql mysql; do
    alembic_project "fill_$dialect"
    case $dialect in
    sqlite) url=sqlite:///alembic.db ;;
    postgresql) url=postgresql://u@h/d ;;
    mysql) url=mysql+pymysql://u@h/d ;;
    esac
    # Offline, Alembic cannot look at the table that a batch has to copy.
    sed -i 's/with op.batch_alter_table.*/op.drop_column("account", "last_login")/; /batch.drop_column/d' alembic/versions/2_column.py
    sed -i "s#^sqlalchemy.url.*#sqlalchemy.url = $url#" alembic.ini
    alembic upgrade base:heads --sql >up.sql 2>/dev/null &&
        alembic downgrade dddd00000001:base --sql >down.sql 2>/dev/null && alembic downgrade beef_1:base --sql >log.sql 2>/dev/null
    ok "$dialect: Alembic's SQL"
    migrate -q init --url "$url" >/dev/null
    run migrate import alembic alembic --sql up.sql --downgrade-sql down.sql --downgrade-sql log.sql
    exits 0 "$dialect: import with SQL"
    grep -rq 'imported:' migrations/versions; same $? 1 "$dialect: nothing is missing"
    grep -riE 'alembic_version|^(BEGIN|COMMIT)' migrations/versions >.left; same $? 1 "$dialect: no version table, no BEGIN"
    # What we send is what Alembic has printed.
    migrate upgrade --sql base:heads >ours.sql; ok "$dialect: upgrade --sql"
    for part in 'INSERT INTO account' 'CREATE TABLE orders' 'CREATE INDEX ix_orders_account_id' 'CREATE TABLE log' 'ADD COLUMN last_login'; do
        grep -qF "$part" ours.sql; ok "$dialect: $part"
    done
done
cd "$WORK/fill_postgresql"
same "$(sed -n '/transaction:false/,/^$/p' migrations/versions/cafe*.sql | words)" \
    "-- migrate:up transaction:false CREATE INDEX ix_orders_account_id ON orders (account_id); " \
    "an autocommit block is a section outside transactions"
cd "$WORK/fill_mysql"
grep -rq transaction:false migrations/versions; same $? 1 "no such section where the text has no transactions"

cd "$WORK/fill_sqlite"
alembic upgrade heads >/dev/null 2>&1; ok "Alembic's own database"
migrate -q --url sqlite:///ours.db upgrade heads >/dev/null; ok "ours from the imported files"
same "$(schema ours.db)" "$(schema alembic.db)" "the same schema"
same "$(sqlite3 ours.db 'SELECT * FROM account')" "$(sqlite3 alembic.db 'SELECT * FROM account')" "the same rows"
# Alembic's database, taken down by us; then up again by Alembic.
echo "version_table = alembic_version" >>migrate.ini
same "$(migrate current | ids)" "$(alembic current 2>/dev/null | ids)" "current agrees"
run migrate downgrade base
exits 0 "Alembic's database is taken down"
same "$(schema alembic.db)" "" "nothing is left"
same "$(alembic current 2>/dev/null)" "" "Alembic sees an empty database"
alembic upgrade heads >/dev/null 2>&1; ok "and migrates it again"
same "$(schema ours.db)" "$(schema alembic.db)" "to the same schema"

# --- for one dialect: the others have to do without ---
rm migrations/versions/*.sql
run migrate import alembic alembic --sql up.sql --downgrade-sql down.sql --downgrade-sql log.sql --dialect sqlite
exits 0 "--dialect"
migrate -q --url sqlite:///one.db upgrade heads >/dev/null; ok "runs on it"
same "$(schema one.db)" "$(schema alembic.db)" "with the same schema"
run migrate --url postgresql://u@h/d upgrade --sql base:heads
exits 1 "and refuses the others"
says "its SQL for postgresql is not here" "with a reason"
rm migrations/versions/*.sql
cp "$WORK/fill_mysql/up.sql" maria.sql
run migrate import alembic alembic --sql maria.sql --dialect mariadb
exits 0 "--dialect mariadb"
run migrate --url mysql://u@h/d upgrade --sql base:heads
prints "CREATE TABLE orders" "is for MySQL, too"
run migrate --url sqlite:///none.db upgrade heads
says "its SQL for sqlite is not here" "and for no other"
# --- a run of Alembic that failed, in its own words ---
rm migrations/versions/*.sql
alembic downgrade nowhere:base --sql >failed.sql 2>/dev/null; same $? 255 "Alembic fails"
run migrate import alembic alembic --sql up.sql --downgrade-sql failed.sql
exits 1 "what it says is no SQL"
says "failed.sql:1: Alembic stopped here: FAILED: " "where it stopped, and why"
{ sed -n '1,/DROP/p' down.sql; cat failed.sql; } >half.sql
run migrate import alembic alembic --sql up.sql --downgrade-sql half.sql
says "half.sql:$(grep -n ^FAILED half.sql | cut -d: -f1): Alembic stopped here" "also behind what it had printed"
same "$(ls migrations/versions)" "" "nothing is written"
# --- SQL that is handed over later ---
rm -f migrations/versions/*.sql
migrate -q import alembic alembic >/dev/null 2>&1; ok "first without SQL"
migrate -q --url sqlite:///later.db -x version_table=v stamp cafe00000001 >/dev/null; ok "a database is stamped"
echo "SELECT 'mine';" >>migrations/versions/beef_1_another_base.sql
run migrate import alembic alembic --sql up.sql --downgrade-sql down.sql
exits 0 "then with SQL"
same "$(echo "$out" | wc -l)" 3 "what has none is filled"
grep -q mine migrations/versions/beef_1*.sql; ok "what was written by hand stays"
grep -q "CREATE TABLE orders" migrations/versions/cafe*.sql; ok "with its SQL"
same "$(migrate --url sqlite:///later.db -x version_table=v status | awk '$1 == "cafe00000001" {print $2}')" applied \
    "what was stamped before is not called edited"
# --- from a pipe, and only a part ---
rm migrations/versions/*.sql
alembic upgrade base:1975ea83b712 --sql 2>/dev/null | "$MIGRATE" -q import alembic alembic --sql - >/dev/null; ok "--sql -"
same "$(grep -l imported: migrations/versions/*.sql | wc -l)" 3 "what was not handed over is marked"
migrate -q --url sqlite:///part.db upgrade 1975ea83b712 >/dev/null; ok "the part runs"

# --- mistakes: nothing is written ---
rm migrations/versions/*.sql
refuses() { # WORDS NAME, arguments of import behind it
    local words=$1 name=$2
    shift 2
    run migrate import alembic "$@"
    case $err in *"$words"*) [ "$status" = 1 ] && ! ls migrations/versions/*.sql 2>/dev/null ;; *) explain; false ;; esac
    ok "$name"
}
refuses "down.sql:1: this is what 'alembic downgrade --sql' prints" "the SQL of a downgrade for --sql" alembic --sql down.sql
refuses "--downgrade-sql" "and the other way" alembic --downgrade-sql up.sql --sql down.sql
echo "SELECT 1;" >none.sql
refuses "none.sql:1: there is no '-- Running upgrade' line" "no output of Alembic" alembic --sql none.sql
{ echo "SET x = 1;"; cat up.sql; } >early.sql
refuses "early.sql:1: this statement stands before" "a statement of no revision" alembic --sql early.sql
sed 's/beef_1/feed_1/g' up.sql >other.sql
refuses "holds revision 'feed_1'" "SQL of another history" alembic --sql other.sql
{ cat up.sql; sed 's/INSERT INTO account/INSERT INTO accounts/' up.sql; } >twice.sql
refuses "stands here again, with other SQL" "SQL of two histories" alembic --sql twice.sql
refuses "is no folder" "no such folder" nowhere
refuses "there is no revision" "a folder without revisions" migrations
version 7_call <<'PY'
revision = make_id()
down_revision = None
PY
refuses "alembic/versions/7_call.py:1:12: 'revision' cannot be read without running Python" "a call" alembic
version 7_call <<'PY'
revision = 'ffff00000001'
down_revision = 'nowhere'
PY
refuses "alembic/versions/7_call.py" "a missing ancestor" alembic
sed -i "s/'nowhere'/'1975ea83b712'/; s/ffff00000001/beef_1/" alembic/versions/7_call.py
refuses "alembic/versions/4_other.py" "an id twice" alembic
rm alembic/versions/7_call.py
echo "-- mine" >migrations/versions/beef_1_another_base.sql
run migrate import alembic alembic
exits 1 "a file in the way"
same "$(ls migrations/versions)" "beef_1_another_base.sql" "and nothing else is written"
run migrate import flyway x
exits 2 "another kind"

# --- several version locations of alembic.ini ---
alembic_project places
mkdir more && mv alembic/versions/4_other.py more/
sed -i 's#^script_location.*#&\nversion_locations = %(here)s/more:%(here)s/alembic/versions#' alembic.ini
migrate -q init --url sqlite:///a.db >/dev/null
same "$(migrate -q import alembic alembic | wc -l)" 5 "all version_locations are read"
finish

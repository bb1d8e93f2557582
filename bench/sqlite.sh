#!/usr/bin/env bash
# Beside the sqlite3 shell, and Alembic where it is installed.
. "$(dirname "$0")/common.sh"
catalog="SELECT * FROM sqlite_schema;
SELECT t.name, c.* FROM sqlite_schema t, pragma_table_xinfo(t.name) c WHERE t.type = 'table';
SELECT t.name, f.* FROM sqlite_schema t, pragma_foreign_key_list(t.name) f WHERE t.type = 'table';
SELECT t.name, i.*, x.* FROM sqlite_schema t, pragma_index_list(t.name) i, pragma_index_xinfo(i.name) x WHERE t.type = 'table';"

echo "                                             migrate      other"
mkdir small && cd small
"$MIGRATE" -q init --url sqlite:///app.db >/dev/null
"$MIGRATE" -q revision -m one --rev-id 0001 >/dev/null
"$MIGRATE" -q upgrade head >/dev/null
compare "current" "<= 2" "$MIGRATE current" "sqlite3 app.db 'select 1'"
compare "upgrade head, nothing to do" "<= 2" "$MIGRATE upgrade head" "sqlite3 app.db 'select 1'"
cd ..

mkdir large && cd large
"$MIGRATE" -q init --url sqlite:///app.db >/dev/null
awk 'BEGIN {
    for (t = 1; t <= 1000; t++) {
        printf "CREATE TABLE table_%04d (\n    id INTEGER NOT NULL,\n", t
        for (c = 1; c <= 10; c++) printf "    column_%d VARCHAR(%d) DEFAULT '\''x%d'\'' NOT NULL,\n", c, c * 10, c
        p = t > 1 ? t - 1 : 1
        printf "    parent_id INTEGER,\n    CONSTRAINT pk_table_%04d PRIMARY KEY (id),\n", t
        printf "    CONSTRAINT fk_table_%04d FOREIGN KEY (parent_id) REFERENCES table_%04d (id),\n", t, p
        printf "    CONSTRAINT ck_table_%04d CHECK (id > 0)\n);\n", t
        printf "CREATE INDEX ix_table_%04d_parent_id ON table_%04d (parent_id);\n", t, t
    }
}' >schema.sql
{ echo 'BEGIN;'; cat schema.sql; echo 'COMMIT;'; } | sqlite3 app.db
"$MIGRATE" inspect >migrations/models.json
"$MIGRATE" check >/dev/null
compare "check on 1,000 tables x 12 columns" "<= 2" "$MIGRATE check" "sqlite3 app.db \"\$catalog\""
compare "inspect of 1,000 tables x 12 columns" "-" "$MIGRATE inspect" "sqlite3 app.db \"\$catalog\""
cd ..

mkdir many && cd many
"$MIGRATE" -q init --url sqlite:///app.db >/dev/null
parent=
for i in $(seq -f %04g 1 500); do
    printf -- '-- Message: step %s\n-- Revision: %s\n-- Revises: %s\n\n-- migrate:up\nCREATE TABLE t%s (id INTEGER PRIMARY KEY, x TEXT);\nINSERT INTO t%s (x) VALUES (1), (2), (3);\n\n-- migrate:down\nDROP TABLE t%s;\n' \
        "$i" "$i" "$parent" "$i" "$i" "$i" >"migrations/versions/${i}_step.sql"
    parent=$i
done
"$MIGRATE" upgrade --sql head >all.sql
RUNS=$((RUNS > 5 ? 5 : RUNS))
PREPARE='rm -f app.db*'
compare "500 revisions" "<= 1.1" "$MIGRATE -q upgrade head" "sqlite3 -bail app.db <all.sql"

# The same tables and rows as operations, beside what they are as SQL: files are read, compiled and folded besides.
cd .. && mkdir ops && cd ops
"$MIGRATE" -q init --url sqlite:///app.db >/dev/null
parent=null
for i in $(seq -f %04g 1 500); do
    printf '{"revision": "%s", "down_revision": %s, "message": "step %s", "upgrade": [\n  {"op": "create_table", "table_name": "t%s", "columns": [{"name": "id", "type": "Integer", "primary_key": true}, {"name": "x", "type": "Text"}]},\n  {"op": "bulk_insert", "table_name": "t%s", "rows": [{"x": "1"}, {"x": "2"}, {"x": "3"}]}\n], "downgrade": [{"op": "drop_table", "table_name": "t%s"}]}\n' \
        "$i" "$parent" "$i" "$i" "$i" "$i" >"migrations/versions/${i}_step.json"
    parent="\"$i\""
done
compare "500 revisions of operations, beside SQL" "-" "$MIGRATE -q upgrade head" \
    "rm -f ../many/app.db*; (cd ../many && $MIGRATE -q upgrade head)"
compare "their SQL, beside grep" "-" "$MIGRATE -q upgrade --sql head" "grep -h create_table migrations/versions/*.json"
cd ../many
command -v alembic >/dev/null || { echo "Alembic is not installed: not compared"; exit 0; }

alembic init scripts >/dev/null 2>&1
sed -i 's#^sqlalchemy.url.*#sqlalchemy.url = sqlite:///alembic.db#' alembic.ini
parent=None
for i in $(seq -f %04g 1 500); do
    printf 'revision = "%s"\ndown_revision = %s\nbranch_labels = None\ndepends_on = None\nfrom alembic import op\ndef upgrade():\n    op.execute("CREATE TABLE t%s (id INTEGER PRIMARY KEY, x TEXT)")\n    op.execute("INSERT INTO t%s (x) VALUES (1), (2), (3)")\ndef downgrade():\n    op.execute("DROP TABLE t%s")\n' \
        "$i" "$parent" "$i" "$i" "$i" >"scripts/versions/${i}_step.py"
    parent="'$i'"
done
PREPARE='rm -f app.db* alembic.db'
compare "500 revisions, beside Alembic" "-" "$MIGRATE -q upgrade head" "alembic upgrade head"
PREPARE=:
compare "nothing to do at 500, beside Alembic" "-" "$MIGRATE upgrade head" "alembic upgrade head"

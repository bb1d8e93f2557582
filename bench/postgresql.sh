#!/usr/bin/env bash
# Beside psql and pg_dump on a private server, and Alembic where it is installed with psycopg2.
. "$(dirname "$0")/common.sh"
folder=$(mktemp -d /tmp/mpg.XXXXXX)
trap '"$root/tests/support/postgresql.sh" stop "$folder"; rm -rf "$folder" "$work"' EXIT
base=$("$root/tests/support/postgresql.sh" start "$folder" fsync=on synchronous_commit=on full_page_writes=on shared_buffers=128MB)
base=${base%/postgres}
newdb() { psql -qX "$base/postgres" -c "DROP DATABASE IF EXISTS $1" -c "CREATE DATABASE $1" >/dev/null 2>&1; }

echo "                                             migrate      other"
newdb small
mkdir small && cd small
"$MIGRATE" -q init --url "$base/small" >/dev/null
"$MIGRATE" -q revision -m one --rev-id 0001 >/dev/null
"$MIGRATE" -q upgrade head >/dev/null
compare "current" "<= 2" "$MIGRATE current" "psql -qXAt $base/small -c 'select 1'"
compare "upgrade head, nothing to do" "<= 2" "$MIGRATE upgrade head" "psql -qXAt $base/small -c 'select 1'"
cd ..

newdb large
mkdir large && cd large
"$MIGRATE" -q init --url "$base/large" >/dev/null
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
psql -qX "$base/large" -f schema.sql >/dev/null
psql -qX "$base/large" -c 'VACUUM ANALYZE' >/dev/null
"$MIGRATE" inspect >migrations/models.json
"$MIGRATE" check >/dev/null
# What any reader of the catalog has to ask for.
cat >catalog.sql <<'SQL'
SELECT c.oid, n.nspname, c.relname, c.relkind, c.reloptions, obj_description(c.oid, 'pg_class') FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public';
SELECT a.attrelid, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated, pg_get_expr(d.adbin, d.adrelid), col_description(a.attrelid, a.attnum) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE n.nspname = 'public' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped;
SELECT k.conrelid, k.conname, k.contype, k.conkey, k.confrelid, k.confkey, pg_get_constraintdef(k.oid) FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace WHERE n.nspname = 'public';
SELECT i.indrelid, i.indexrelid, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public';
SQL
compare "check of 1,000 x 12, beside pg_dump" "<= 1" "$MIGRATE check" "pg_dump --schema-only $base/large"
compare "check of 1,000 x 12, beside psql" "<= 2" "$MIGRATE check" "psql -qXAt $base/large -f catalog.sql"
cd ..

newdb many
mkdir many && cd many
"$MIGRATE" -q init --url "$base/many" >/dev/null
steps=('CREATE TABLE t%s (id INTEGER PRIMARY KEY, x TEXT)' 'INSERT INTO t%s VALUES (1), (2), (3)'
    'CREATE INDEX ON t%s (x)' "COMMENT ON TABLE t%s IS 'step'")
write_steps "${steps[@]}"
"$MIGRATE" upgrade --sql head >all.sql
RUNS=$((RUNS > 5 ? 5 : RUNS))
PREPARE='newdb many'
compare "500 revisions" "<= 1" "$MIGRATE -q upgrade head" "psql -qX -v ON_ERROR_STOP=1 $base/many -f all.sql"
beside_alembic psycopg2 "$base/many" "${steps[@]}"

#!/usr/bin/env bash
# Beside the mariadb client and mysqldump on a private server that syncs each commit, and Alembic where it is installed
# with PyMySQL.
. "$(dirname "$0")/common.sh"
folder=$(mktemp -d /tmp/mmy.XXXXXX)
trap '"$root/tests/support/mysql.sh" stop "$folder"; rm -rf "$folder" "$work"' EXIT
base=$("$root/tests/support/mysql.sh" start "$folder" innodb_flush_log_at_trx_commit=1 innodb_flush_method=O_DIRECT \
    innodb_doublewrite=1 sync_frm=1 innodb_buffer_pool_size=128M innodb_log_file_size=96M)
base=${base%/}
client="mariadb --no-defaults -uroot -h 127.0.0.1 -P $(cat "$folder/port") --default-character-set=utf8mb4"
newdb() { $client -e "DROP DATABASE IF EXISTS $1; CREATE DATABASE $1" >/dev/null; }

echo "                                             migrate      other"
newdb small
mkdir small && cd small
"$MIGRATE" -q init --url "$base/small" >/dev/null
"$MIGRATE" -q revision -m one --rev-id 0001 >/dev/null
"$MIGRATE" -q upgrade head >/dev/null
compare "current" "<= 2" "$MIGRATE current" "$client small -N -e 'select 1'"
compare "upgrade head, nothing to do" "<= 2" "$MIGRATE upgrade head" "$client small -N -e 'select 1'"
cd ..

newdb large
mkdir large && cd large
"$MIGRATE" -q init --url "$base/large" >/dev/null
awk 'BEGIN {
    for (t = 1; t <= 1000; t++) {
        printf "CREATE TABLE table_%04d (\n    id INTEGER NOT NULL,\n", t
        for (c = 1; c <= 10; c++) printf "    column_%d VARCHAR(%d) DEFAULT '\''x%d'\'' NOT NULL,\n", c, c * 10, c
        p = t > 1 ? t - 1 : 1
        printf "    parent_id INTEGER,\n    PRIMARY KEY (id),\n    KEY ix_table_%04d_parent_id (parent_id),\n", t
        printf "    CONSTRAINT fk_table_%04d FOREIGN KEY (parent_id) REFERENCES table_%04d (id),\n", t, p
        printf "    CONSTRAINT ck_table_%04d CHECK (id > 0)\n) ENGINE=InnoDB;\n", t
    }
}' >schema.sql
$client large <schema.sql
"$MIGRATE" inspect >migrations/models.json
"$MIGRATE" check >/dev/null
# What any reader of the catalog has to ask for.
cat >catalog.sql <<'SQL'
SELECT table_name, engine, table_collation, create_options, table_comment FROM information_schema.tables WHERE table_schema = 'large';
SELECT table_name, column_name, column_default, is_nullable, column_type, collation_name, extra, column_comment, generation_expression FROM information_schema.columns WHERE table_schema = 'large';
SELECT table_name, index_name, non_unique, seq_in_index, column_name, sub_part, collation, index_type FROM information_schema.statistics WHERE table_schema = 'large';
SELECT constraint_name, table_name, column_name, ordinal_position, referenced_table_schema, referenced_table_name, referenced_column_name FROM information_schema.key_column_usage WHERE table_schema = 'large' AND referenced_table_name IS NOT NULL;
SELECT constraint_name, table_name, update_rule, delete_rule FROM information_schema.referential_constraints WHERE constraint_schema = 'large';
SELECT table_name, constraint_name, level, check_clause FROM information_schema.check_constraints WHERE constraint_schema = 'large';
SQL
dump="mysqldump --no-defaults -uroot -h 127.0.0.1 -P $(cat "$folder/port")"
compare "check of 1,000 x 12, beside mysqldump" "<= 0.5" "$MIGRATE check" "$dump --no-data large"
compare "check of 1,000 x 12, beside mariadb" "<= 2" "$MIGRATE check" "$client -N large <catalog.sql"
cd ..

newdb many
mkdir many && cd many
"$MIGRATE" -q init --url "$base/many" >/dev/null
steps=('CREATE TABLE t%s (id INTEGER PRIMARY KEY, x VARCHAR(20))' 'INSERT INTO t%s VALUES (1, NULL), (2, NULL), (3, NULL)'
    'CREATE INDEX ix_x ON t%s (x)' "ALTER TABLE t%s COMMENT = 'step'")
write_steps "${steps[@]}"
# The revisions' statements and nothing else: no version row, no journal.
cat migrations/versions/*.sql | sed '/^-- migrate:down/,/^-- migrate:up/d; /^--/d; /^$/d' >all.sql
RUNS=$((RUNS > 5 ? 5 : RUNS))
PREPARE='newdb many'
compare "500 revisions" "<= 1.3" "$MIGRATE -q upgrade head" "$client many <all.sql"
beside_alembic pymysql "${base/mysql:/mysql+pymysql:}/many" "${steps[@]}"

# A history with everything that can be interrupted: plain DDL, a rebuild, data, triggers, statements outside
# transactions. Writes it into migrations/versions of the current project. `crash_history`.
crash_history() {
    revision_file 0001 '' create <<'SQL'
-- migrate:up
CREATE TABLE author (id INTEGER CONSTRAINT pk_author PRIMARY KEY AUTOINCREMENT, name VARCHAR(40) NOT NULL);
CREATE TABLE book (
    id INTEGER NOT NULL,
    author_id INTEGER NOT NULL,
    title VARCHAR(80),
    CONSTRAINT pk_book PRIMARY KEY (id),
    CONSTRAINT fk_book_author FOREIGN KEY (author_id) REFERENCES author (id) ON DELETE CASCADE
);
CREATE INDEX ix_book_title ON book (title);

-- migrate:down
DROP TABLE book;
DROP TABLE author;
SQL
    revision_file 0002 0001 data <<'SQL'
-- migrate:up
INSERT INTO author (name) VALUES ('Ada'), ('Grace'), ('Edsger; "quoted"');
DELETE FROM author WHERE id = 3;
INSERT INTO book (author_id, title) SELECT id, 'Notes of ' || name FROM author;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
INSERT INTO book (author_id, title) SELECT 1 + i % 2, 'Volume ' || i FROM n;

-- migrate:down
DELETE FROM book;
DELETE FROM author;
SQL
    revision_file 0003 0002 rebuild <<'SQL'
-- migrate:up foreign-keys:off
CREATE TABLE _new_author (
    id INTEGER CONSTRAINT pk_author PRIMARY KEY AUTOINCREMENT,
    name VARCHAR(60) DEFAULT 'unknown' NOT NULL,
    CONSTRAINT ck_author_name CHECK (length(name) > 1)
);
INSERT INTO _new_author (id, name) SELECT id, name FROM author ORDER BY rowid;
DELETE FROM sqlite_sequence WHERE name = '_new_author';
INSERT INTO sqlite_sequence (name, seq) SELECT '_new_author', seq FROM sqlite_sequence WHERE name = 'author';
DROP TABLE author;
ALTER TABLE _new_author RENAME TO author;

-- migrate:down foreign-keys:off
CREATE TABLE _new_author (id INTEGER CONSTRAINT pk_author PRIMARY KEY AUTOINCREMENT, name VARCHAR(40) NOT NULL);
INSERT INTO _new_author (id, name) SELECT id, name FROM author ORDER BY rowid;
DELETE FROM sqlite_sequence WHERE name = '_new_author';
INSERT INTO sqlite_sequence (name, seq) SELECT '_new_author', seq FROM sqlite_sequence WHERE name = 'author';
DROP TABLE author;
ALTER TABLE _new_author RENAME TO author;
SQL
    revision_file 0004 0003 outside <<'SQL'
-- migrate:up
CREATE TABLE log (id INTEGER NOT NULL, n INTEGER NOT NULL, CONSTRAINT pk_log PRIMARY KEY (id));

-- migrate:up transaction:false
INSERT INTO log (n) VALUES (1);
UPDATE log SET n = n + 1;
UPDATE log SET n = n + 1;
VACUUM;
INSERT INTO log (n) SELECT n + 1 FROM log;
PRAGMA user_version = 4;
UPDATE log SET n = n * 2;

-- migrate:up
UPDATE log SET n = n + 100;

-- migrate:down
DROP TABLE log;

-- migrate:down transaction:false
PRAGMA user_version = 0;
VACUUM;
SQL
    revision_file 0005 0004 trigger <<'SQL'
-- migrate:up
CREATE TRIGGER tr_book AFTER INSERT ON book BEGIN
    INSERT INTO log (n) VALUES (CASE WHEN NEW.title IS NULL THEN 0 ELSE length(NEW.title) END);
END;
INSERT INTO book (author_id, title) VALUES (1, 'last; one');
CREATE VIEW books_of_authors AS SELECT a.name, b.title FROM author a JOIN book b ON b.author_id = a.id;

-- migrate:down
DROP VIEW books_of_authors;
DROP TRIGGER tr_book;
DELETE FROM book WHERE title = 'last; one';
SQL
}

# The same with operations, and SQL between them, for any dialect; "log" has no key, so that rows sent twice show.
# To be sourced behind ops-history.sh. `crash_ops_history`.
crash_ops_history() {
    ops_file 0001 '' create <<'JSON'
 "upgrade": [
  {"op": "create_enum", "name": "kind", "values": ["novel", "essay"]},
  {"op": "create_table", "table_name": "author", "columns": [
    {"name": "id", "type": "Integer", "primary_key": true, "autoincrement": false},
    {"name": "name", "type": "String(40)", "nullable": false},
    {"name": "born", "type": "Date"},
    {"name": "photo", "type": "LargeBinary"}]},
  {"op": "create_table", "table_name": "book", "columns": [
    {"name": "id", "type": "Integer", "primary_key": true, "autoincrement": false},
    {"name": "author_id", "type": "Integer", "nullable": false},
    {"name": "title", "type": "String(80)"},
    {"name": "kind", "type": "Enum(kind)", "nullable": false, "server_default": "'novel'"}],
   "foreign_keys": [{"name": "fk_book_author", "columns": ["author_id"], "referred_table": "author",
                     "referred_columns": ["id"], "ondelete": "CASCADE"}],
   "indexes": [{"name": "ix_book_author", "columns": ["author_id"]}]},
  {"op": "create_table", "table_name": "log", "columns": [{"name": "n", "type": "Integer", "nullable": false}]},
  {"op": "create_index", "index_name": "ix_book_title", "table_name": "book", "columns": ["title"]}],
 "downgrade": [
  {"op": "drop_table", "table_name": "log"},
  {"op": "drop_table", "table_name": "book"},
  {"op": "drop_table", "table_name": "author"},
  {"op": "drop_enum", "name": "kind"}]
JSON
    ops_file 0002 0001 data <<'JSON'
 "upgrade": [
  {"op": "bulk_insert", "table_name": "author", "rows": [
    {"id": 1, "name": "Ada", "born": "1815-12-10", "photo": {"hex": "00ff27"}},
    {"id": 2, "name": "it's \"Grace\""}, {"id": 3, "name": "Edsger", "born": null}]},
  {"op": "bulk_insert", "table_name": "log", "rows": [{"n": 1}, {"n": 2}]},
  {"op": "execute", "sqltext": "UPDATE log SET n = n + 1"},
  {"op": "bulk_insert", "table_name": "book", "rows": [
    {"id": 1, "author_id": 1, "title": "Notes; on the engine"}, {"id": 2, "author_id": 2, "title": null, "kind": "essay"}]},
  {"op": "execute", "sqltext": "UPDATE log SET n = n * 10; UPDATE book SET title = 'none' WHERE title IS NULL"},
  {"op": "add_column", "table_name": "log", "column": {"name": "note", "type": "String(20)", "server_default": "'it''s'", "nullable": false}},
  {"op": "bulk_insert", "table_name": "log", "rows": [{"n": 7}, {"n": 8, "note": "said"}]}],
 "downgrade": [
  {"op": "drop_column", "table_name": "log", "column_name": "note"}]
JSON
    ops_file 0003 0002 alter <<'JSON'
 "upgrade": [
  {"op": "alter_column", "table_name": "author", "column_name": "name", "new_column_name": "full_name", "type_": "String(60)"},
  {"op": "alter_column", "table_name": "book", "column_name": "title", "nullable": false, "server_default": "'untitled'"},
  {"op": "execute", "sqltext": "UPDATE log SET n = n + 1"},
  {"op": "batch_alter_table", "table_name": "book", "operations": [
    {"op": "add_column", "column": {"name": "pages", "type": "Integer", "nullable": false, "server_default": "7"}},
    {"op": "drop_index", "index_name": "ix_book_title"},
    {"op": "create_unique_constraint", "constraint_name": "uq_book_title", "columns": ["title"]},
    {"op": "create_check_constraint", "constraint_name": "ck_book_pages", "condition": "pages > 0"}]},
  {"op": "create_index", "index_name": "ix_log_n", "table_name": "log", "columns": ["n"], "postgresql_concurrently": true},
  {"op": "execute", "sqltext": "UPDATE book SET pages = pages + 1"},
  {"op": "create_table_comment", "table_name": "log", "comment": "what was done"}],
 "downgrade": [
  {"op": "drop_table_comment", "table_name": "log"},
  {"op": "drop_index", "index_name": "ix_log_n", "table_name": "log", "postgresql_concurrently": true},
  {"op": "batch_alter_table", "table_name": "book", "operations": [
    {"op": "drop_constraint", "constraint_name": "ck_book_pages", "type_": "check"},
    {"op": "drop_constraint", "constraint_name": "uq_book_title", "type_": "unique"},
    {"op": "create_index", "index_name": "ix_book_title", "columns": ["title"]},
    {"op": "drop_column", "column_name": "pages"}]},
  {"op": "alter_column", "table_name": "book", "column_name": "title", "nullable": true, "server_default": null},
  {"op": "alter_column", "table_name": "author", "column_name": "full_name", "new_column_name": "name", "type_": "String(40)",
   "existing_type": "String(60)", "existing_nullable": false, "existing_server_default": null, "existing_comment": null}]
JSON
    revision_file 0004 0003 sql <<'SQL'
-- migrate:up
ALTER TABLE author ADD COLUMN shelf INTEGER DEFAULT 3;
UPDATE log SET n = n + 5;

-- migrate:up transaction:false
UPDATE log SET n = n + 6;
INSERT INTO log (n) VALUES (99);

-- migrate:down
ALTER TABLE author DROP COLUMN shelf;
SQL
    ops_file 0005 0004 drop <<'JSON'
 "upgrade": [
  {"op": "drop_constraint", "constraint_name": "fk_book_author", "table_name": "book", "type_": "foreignkey"},
  {"op": "alter_column", "table_name": "book", "column_name": "author_id", "type_": "BigInteger", "existing_type": "Integer", "existing_nullable": false},
  {"op": "drop_column", "table_name": "author", "column_name": "born", "existing": {"name": "born", "type": "Date"}},
  {"op": "rename_table", "old_table_name": "log", "new_table_name": "journal"},
  {"op": "execute", "sqltext": "UPDATE journal SET n = n + 3"},
  {"op": "alter_enum", "name": "kind", "values": ["novel", "essay", "play"]},
  {"op": "drop_column", "table_name": "book", "column_name": "pages"},
  {"op": "bulk_insert", "table_name": "journal", "columns": [{"name": "n", "type": "Integer"}], "rows": [{"n": 5}, {"n": 5}]}],
 "downgrade": [
  {"op": "alter_enum", "name": "kind", "values": ["novel", "essay"]},
  {"op": "add_column", "table_name": "book", "column": {"name": "pages", "type": "Integer", "nullable": false, "server_default": "7"}},
  {"op": "create_check_constraint", "constraint_name": "ck_book_pages", "table_name": "book", "condition": "pages > 0"},
  {"op": "rename_table", "old_table_name": "journal", "new_table_name": "log"},
  {"op": "add_column", "table_name": "author", "column": {"name": "born", "type": "Date"}},
  {"op": "alter_column", "table_name": "book", "column_name": "author_id", "type_": "Integer", "existing_type": "BigInteger", "existing_nullable": false},
  {"op": "create_foreign_key", "constraint_name": "fk_book_author", "source_table": "book", "referent_table": "author",
   "local_cols": ["author_id"], "remote_cols": ["id"], "ondelete": "CASCADE"}]
JSON
}
# What the engine kills the tool at and how it tells its state: `state`, `fresh` and `nothing_left` are the caller's.
# killed_ops WAY STEP SETTING…: kills at each STEP-th call (KILL_ON is in the environment), then `upgrade head` (up),
# `downgrade base` of a whole history (down) or of what an upgrade left (back); one result for all of them.
killed_ops() {
    local way=$1 step=$2 total point moment bad=0 survived=0 expected found
    fresh
    [ "$way" != down ] || "$MIGRATE" -q upgrade head >/dev/null 2>&1
    KILL_COUNT=$WORK/count LD_PRELOAD=$KILL "$MIGRATE" -q $([ "$way" = down ] && echo downgrade base || echo upgrade head) >/dev/null 2>&1
    total=$(cat "$WORK/count")
    [ "$total" -gt 20 ]; ok "$way: there are moments to be killed at ($KILL_ON: $total)"
    if [ "$way" = up ]; then expected=$undisturbed; else expected=$none; fi
    for ((point = 1; point <= total && bad < 4; point += step)); do
        moment=KILL_AT
        [ $((point / step % 2)) = 0 ] || moment=KILL_AFTER
        fresh
        [ "$way" != down ] || "$MIGRATE" -q upgrade head >/dev/null 2>&1
        { env "$moment=$point" LD_PRELOAD="$KILL" "$MIGRATE" -q $([ "$way" = down ] && echo downgrade base || echo upgrade head) >/dev/null; } 2>/dev/null
        # Where there is no history yet, there is nothing to be taken back.
        [ "$way" != back ] || "$MIGRATE" -q ensure_version >/dev/null 2>&1
        "$MIGRATE" -q $([ "$way" = up ] && echo upgrade head || echo downgrade base) >/dev/null 2>"$WORK/again" || {
            echo "# $way, $moment $point: $(head -6 "$WORK/again")"
            bad=$((bad + 1))
            continue
        }
        if [ "$way" = up ]; then found=$(state); else found=$(nothing_left); fi
        if [ "$found" = "$expected" ]; then survived=$((survived + 1)); continue; fi
        echo "# $way, $moment $point: another state"
        diff <(echo "$expected") <(echo "$found") | head -10 | sed 's/^/# /'
        bad=$((bad + 1))
    done
    [ "$bad" = 0 ] && [ "$survived" -gt 0 ]; ok "$way, killed at calls ($KILL_ON): $survived interruptions survived"
}
# The undisturbed run and everything that can happen to it, on the database of migrate.ini. crash_ops ON STEP WAY…
crash_ops() {
    export KILL_ON=$1
    fresh
    run migrate upgrade head
    exits 0 "an undisturbed run of operations"
    [ "$status" = 0 ] || { explain; finish; }
    undisturbed=$(state)
    case $undisturbed in *journal*) true ;; *) false ;; esac; ok "its state has the last table"
    run migrate downgrade base
    exits 0 "and down"
    [ "$status" = 0 ] || { explain; finish; }
    none=$(nothing_left)
    if [ -n "${MIGRATE_TEST_SANITIZED:-}" ]; then
        skip "kill at every call" "the sanitizers' run-time wants to be loaded first; the plain build runs this"
        return
    fi
    local way
    for way in "${@:3}"; do killed_ops "$way" "$2"; done
}

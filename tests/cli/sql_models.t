#!/usr/bin/env bash
# What the sqlite3 shell writes of a database is a model of it, as it is: no difference, and the same database elsewhere.
. "$(dirname "$0")/../support/tap.sh"

checks() { # NAME
    run migrate check
    exits 0 "$1: check finds nothing"
    [ "$status" = 0 ] || { explain; run migrate diff; explain; }
}
models() { sed -i "s|^models = .*|models = $1|" migrate.ini; }
refuses() { # NAME TEXT: the statement on stdin is refused, at its place
    { echo 'CREATE TABLE t (a);'; cat; } >migrations/schema.sql
    run migrate check
    exits 1 "$1: is refused"
    says 'schema.sql:2:1: ' "$1: where"
    says "$2" "$1: why"
}

for name in chinook sakila; do
    new_project $name
    models '%(here)s/migrations/schema.sql'
    sqlite3 -bail app.db <"$ROOT/tests/fixtures/$name.sql"
    sqlite3 -bail app.db <"$ROOT/tests/fixtures/$name-rows.sql"
    wanted=$(fingerprint app.db)
    sqlite3 -batch app.db .dump >migrations/schema.sql
    checks "$name, .dump"
    sqlite3 -batch app.db .schema >migrations/schema.sql
    checks "$name, .schema"
    sqlite3 -batch app.db '.schema --indent' >migrations/schema.sql
    checks "$name, .schema --indent"
    sqlite3 -batch app.db .fullschema >migrations/schema.sql
    checks "$name, .fullschema"
    run migrate create_all --url sqlite:///copy.db
    exits 0 "$name: create_all elsewhere"
    run migrate check --url sqlite:///copy.db
    exits 0 "$name: check of the copy"
    run migrate stamp head
    sqlite3 -batch app.db .dump >migrations/schema.sql
    checks "$name, with the tool's own tables in the dump"
    same "$(fingerprint app.db)" "$wanted" "$name: nothing was changed"
done

# Virtual tables, and SQLite's own.
new_project virtual
models '%(here)s/migrations/schema.sql'
sqlite3 -bail app.db <<'SQL'
CREATE TABLE posts (id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT, body TEXT);
CREATE INDEX ix_posts_title ON posts (title);
CREATE VIRTUAL TABLE posts_text USING fts5 (title, body, content='posts', content_rowid='id');
CREATE TRIGGER posts_ai AFTER INSERT ON posts BEGIN
  INSERT INTO posts_text (rowid, title, body) VALUES (new.id, new.title, new.body);
END;
CREATE VIRTUAL TABLE boxes USING rtree (id, x0, x1);
CREATE VIEW titles AS SELECT title FROM posts_text;
INSERT INTO posts (title, body) VALUES ('a', 'b'), ('it''s; c', 'd');
INSERT INTO boxes VALUES (1, 0, 1);
ANALYZE;
SQL
sqlite3 -batch app.db .dump >migrations/schema.sql
checks "virtual tables, .dump"
run migrate -v check
says 'rows (' "what is left out is told with -v"
sqlite3 -batch app.db .schema >migrations/schema.sql
checks "virtual tables, .schema"

# Several files, globs, JSON beside SQL.
new_project several
mkdir migrations/tables
echo 'CREATE TABLE a (id INTEGER PRIMARY KEY);' >migrations/tables/1.sql
echo 'CREATE TABLE b (a_id INTEGER REFERENCES a (id)); CREATE INDEX ix_b ON b (a_id);' >migrations/tables/2.sql
echo '{"tables": [{"name": "c", "columns": [{"name": "id", "type": "Integer", "primary_key": true}]}]}' >migrations/more.json
models '%(here)s/migrations/tables/*.sql, %(here)s/migrations/more.json'
run migrate create_all
exits 0 'files of both kinds: create_all'
same "$(sqlite3 -batch app.db .tables | tr -s ' \n' ' ')" 'a b c ' 'files of both kinds: all of them'
checks 'files of both kinds'

# A row that a later statement reads, and what a model may not do.
new_project refused
models '%(here)s/migrations/schema.sql'
refuses 'ATTACH' 'no other database' <<<"ATTACH 'other.db' AS other;"
refuses 'a command of the shell' 'command of the sqlite3 shell' <<<".read other.sql"
refuses 'ROLLBACK' 'not taken back' <<<"ROLLBACK; -- due to errors"
[ ! -e other.db ]; ok 'no file was made'
printf 'CREATE TABLE t (a);\nCREATE TABLE u (\n  a INT,\n  b INT INT INT,,\n);\n' >migrations/schema.sql
run migrate check
exits 1 'a mistake'
says 'schema.sql:4:17: ' 'a mistake: FILE:LINE:COLUMN'
finish

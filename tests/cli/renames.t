#!/usr/bin/env bash
# Renames on SQLite: said by comments, by renamed_from, by --rename, by a person at a terminal; refused otherwise.
. "$(dirname "$0")/../support/tap.sh"

# What there is, however its SQL is laid out.
state() {
    local table
    sqlite3 app.db "SELECT type, name, tbl_name FROM sqlite_schema WHERE tbl_name NOT LIKE 'migrate%' AND name NOT LIKE 'sqlite%' ORDER BY 1, 2"
    for table in $(sqlite3 app.db "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'migrate%' ORDER BY 1"); do
        sqlite3 app.db "PRAGMA table_info($table)" "SELECT * FROM $table"
    done
}
rows_of() { sqlite3 app.db "$1"; }
# A fresh project with the SQL on stdin in its database, and schema.sql for a model.
project() { # NAME
    new_project "$1"
    sed -i 's|^models = .*|models = schema.sql|' migrate.ini
    sqlite3 app.db
}
# migrate on a terminal, fed with the answers (y, n) one line each; what it says in $out.
terminal() { # ANSWERS ARGUMENTS…
    local answers=$1 command
    shift
    command=$(printf '%q ' "$MIGRATE" "$@")
    # A moment for the program to ask: what comes before is echoed, and read all the same.
    out=$(printf '%s' "$answers" | script -qec "$command" /dev/null 2>&1)
    status=$?
    err=
}
up_and_check() { # NAME
    run migrate upgrade head
    exits 0 "$1: up"
    run migrate check
    exits 0 "$1: check finds nothing"
}
there_and_back() { # NAME: also idempotent: the model still says it
    local before
    before=$(state)
    up_and_check "$1"
    run migrate downgrade base
    exits 0 "$1: down"
    same "$(state)" "$before" "$1: as it was"
}

people="CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, age INTEGER);
CREATE INDEX ix_age ON people (age);
CREATE VIEW adults AS SELECT id, name FROM people WHERE age > 17;
CREATE TRIGGER tr AFTER INSERT ON people BEGIN UPDATE people SET age = 0 WHERE age IS NULL; END;
INSERT INTO people VALUES (1, 'Joe', 30);"

# --- comments ---
project comments <<<"$people"
former=$(state)
cat >schema.sql <<'SQL'
-- renamed from: people
CREATE TABLE persons (
    id INTEGER PRIMARY KEY,
    full_name TEXT, -- renamed from: name
    age INTEGER
);
CREATE INDEX ix_persons_age ON persons (age); -- renamed from: ix_age
/* renamed from: adults */
CREATE VIEW grownups AS SELECT id, full_name FROM persons WHERE age > 17;
-- renamed from: tr
CREATE TRIGGER trig AFTER INSERT ON persons BEGIN UPDATE persons SET age = 0 WHERE age IS NULL; END;
SQL
run migrate revision --autogenerate -m renames
exits 0 "comments: a revision without a question"
says "rename table people to persons" "the table"
says "rename column persons.name to full_name" "and its column"
up_and_check comments
same "$(rows_of 'SELECT full_name, age FROM persons')" "Joe|30" "comments: the rows are there"
run migrate revision --autogenerate -m again
exits 0 "comments: what is done already is ignored"
silent "comments: no second revision"
run migrate downgrade base
exits 0 "comments: down"
same "$(rows_of 'SELECT name, age FROM people')" "Joe|30" "comments: the rows are back"
same "$(state)" "$former" "comments: all is as it was"
printf '%s\n' 'CREATE TABLE a (x);' '-- renamed from: b' >schema.sql
run migrate check
exits 1 "a comment that is about nothing is an error"
says "schema.sql:2:1: 'renamed from:' is about nothing here" "with its place"

# --- likely ones ---
project likely <<<"$people"
cat >schema.sql <<'SQL'
CREATE TABLE persons (id INTEGER PRIMARY KEY, name TEXT, years INTEGER, email TEXT);
CREATE INDEX ix_age ON persons (years);
CREATE VIEW adults AS SELECT id, name FROM persons WHERE years > 17;
CREATE TRIGGER tr AFTER INSERT ON persons BEGIN UPDATE persons SET years = 0 WHERE years IS NULL; END;
SQL
run migrate revision --autogenerate -m refused
exits 1 "likely: refused without a terminal"
says "table 'people' -> 'persons': pass --rename people:persons" "likely: the table's flag"
says "column 'persons.age' -> 'years': pass --rename persons.age:persons.years" "likely: the column's in the same error"
run migrate check
exits 3 "likely: check finds differences"
says "--rename persons.age:persons.years" "likely: and tells the flags"
run migrate revision --autogenerate -m both --rename people:persons --rename persons.age:persons.years
exits 0 "likely: the flags told are taken"
there_and_back likely
rm migrations/versions/*
run migrate revision --autogenerate -m neither --no-rename
exits 0 "likely: --no-rename"
says "drop table people" "likely: drops and adds"
rm migrations/versions/*
run migrate revision --autogenerate -m one --rename people:persons --no-rename
exits 0 "likely: one is a rename, the other none"
says "drop column persons.age" "likely: as said"
rm migrations/versions/*

# --- on a terminal ---
terminal $'y\ny\n' revision --autogenerate -m asked
[ "$status" = 0 ]; ok "terminal: answered"
prints "is table 'people' renamed to 'persons'?" "terminal: the table is asked for"
prints "is column 'persons.age' renamed to 'years'?" "terminal: and then its column"
prints "rename column persons.age to years" "terminal: yes is a rename"
there_and_back terminal
rm migrations/versions/*
terminal $'y\nn\n' revision --autogenerate -m asked
[ "$status" = 0 ]; ok "terminal: yes and no"
prints "rename table people to persons" "terminal: the one"
prints "drop column persons.age" "terminal: not the other"
same "$(printf '%s\n' "$out" | grep -c 'is column')" 1 "terminal: nothing is asked twice"
rm migrations/versions/*
terminal $'n\n' revision --autogenerate -m asked
[ "$status" = 0 ]; ok "terminal: no"
prints "drop table people" "terminal: no is a drop and an add"

# Ctrl-C when it has asked is no answer, and not waited for another one.
rm migrations/versions/*
out=$({ sleep 1; printf '\003'; sleep 2; } | timeout 20 script -qec "$MIGRATE revision --autogenerate -m asked" /dev/null 2>&1)
status=$?
[ "$status" != 124 ]; ok "terminal: Ctrl-C ends the question"
prints "renamed from: OLD" "terminal: it says what to write instead"
[ -z "$(ls migrations/versions)" ]; ok "terminal: no revision is written"

# --- flags ---
project flags <<<"$people"
sed 's/people/persons/g; s/ix_age/ix_years/; s/adults/grownups/; s/TRIGGER tr/TRIGGER trig/; /^INSERT/d' <<<"$people" >schema.sql
run migrate revision --autogenerate -m flags --rename people:persons --rename persons.ix_age:ix_years --rename adults:grownups --rename tr:trig
exits 0 "flags: of a table, index, view and trigger"
there_and_back flags
run migrate diff --rename people:person
exits 1 "an unused flag is an error"
says "only in the database: table 'people', view 'adults'" "that says what there is"
finish

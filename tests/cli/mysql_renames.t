#!/usr/bin/env bash
# Renames on MariaDB: what names the old one in a text is written anew; rows stay.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/mysql-tap.sh"

# A database with `former`, and `latter` as its model in SQL.
project() { # NAME FORMER LATTER
    name=$1
    new_project "$name"
    url=$(newdb "$name")
    mysql_client "$name" <<<"$2"; ok "$name: the former schema loads"
    printf '[migrate]\nscript_location = %%(here)s/migrations\nurl = %s\nmodels = schema.sql\n' "$url" >migrate.ini
    printf '%s\n' "$3" >schema.sql
    newdb "${name}_wanted" >/dev/null
    mysql_client "${name}_wanted" <<<"$3"; ok "$name: the latter schema loads"
}
# Without what a session, not a revision, decides; and types by one of their names.
structure() { mysql_dump "$1" --ignore-table="$1.migrate_version" --ignore-table="$1.migrate_history" | sed "s/\`$1\`\.//g; /sql_mode/d; s/INTEGER/int/g"; }
there_and_back() { # [FLAGS…]
    local before rows
    before=$(structure "$name") rows=$(sql_rows "$name" "$query_before")
    run migrate revision --autogenerate -m rename "$@"
    exits 0 "$name: a revision"
    sql=$(cat "$out")
    run migrate upgrade head
    exits 0 "$name: up"
    [ "$status" = 0 ] || explain
    same "$(structure "$name")" "$(structure "${name}_wanted")" "$name: as wanted"
    same "$(sql_rows "$name" "$query_after")" "$rows" "$name: the rows are there"
    run migrate check
    exits 0 "$name: check finds nothing"
    run migrate downgrade base
    exits 0 "$name: down"
    [ "$status" = 0 ] || explain
    same "$(structure "$name")" "$before" "$name: as it was"
    same "$(sql_rows "$name" "$query_before")" "$rows" "$name: the rows are back"
}

former="CREATE TABLE people (id int PRIMARY KEY AUTO_INCREMENT, name varchar(50), age int, KEY ix_age (age), UNIQUE KEY name (name), CONSTRAINT age_min CHECK (age > 0));
CREATE TABLE pets (id int PRIMARY KEY, owner int, CONSTRAINT fk_owner FOREIGN KEY (owner) REFERENCES people (id));
CREATE VIEW adults AS SELECT id, name FROM people WHERE age > 17;
CREATE VIEW adult_names AS SELECT name FROM adults;
CREATE TRIGGER tr BEFORE INSERT ON people FOR EACH ROW SET NEW.age = COALESCE(NEW.age, 1);
CREATE TRIGGER pet AFTER INSERT ON pets FOR EACH ROW UPDATE people SET age = age + 1 WHERE id = NEW.owner;
CREATE PROCEDURE birthday(i int) UPDATE people SET age = age + 1 WHERE id = i;
CREATE SEQUENCE numbers START 5;"
rows="INSERT INTO people VALUES (1, 'Joe', 30); INSERT INTO pets VALUES (2, 1);"
latter=$(sed 's/people/persons/g; s/ix_age/ix_years/; s/\bname\b/full_name/g; s/age_min/years_min/; s/\bage\b/years/g; s/fk_owner/fk_of/; s/adults/grownups/g; s/TRIGGER tr /TRIGGER trig /; s/birthday/anniversary/; s/numbers/nums/' <<<"$former")
query_before="SELECT p.id, p.name, p.age, q.id FROM people p JOIN pets q ON q.owner = p.id"
query_after="SELECT p.id, p.full_name, p.years, q.id FROM persons p JOIN pets q ON q.owner = p.id"

project flags "$former $rows" "$latter"
run migrate revision --autogenerate -m refused
exits 1 "what looks renamed is refused"
same "$(printf '%s\n' "$err" | sed -n 's/.*\(--rename [^ ,]*\).*/\1/p')" "--rename people:persons
--rename numbers:nums
--rename persons.name:persons.full_name
--rename persons.age:persons.years" "the error tells all flags at once"
there_and_back --rename people:persons --rename people.name:full_name --rename persons.age:years --rename numbers:nums
case $sql in *'DROP TABLE'* | *'DROP COLUMN'*) false ;; *) true ;; esac; ok "no table and no column is dropped"

project comments "$former $rows" "$(sed 's/^\(CREATE TABLE persons (id int PRIMARY KEY AUTO_INCREMENT,\) \(full_name varchar(50),\) \(years int,\)/-- renamed from: people\n\1\n    \2 -- renamed from: name\n    -- renamed from: `age`\n    \3/; s/^CREATE SEQUENCE/\/* renamed from: numbers *\/ &/' <<<"$latter")"
there_and_back
finish

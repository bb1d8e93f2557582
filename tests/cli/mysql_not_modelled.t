#!/usr/bin/env bash
# What a MariaDB database has beyond what is modelled is listed by inspect -v and check -v, and left alone.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/mysql-tap.sh"

url=$(newdb listed)
mysql_client listed <<'END'
ALTER DATABASE listed COMMENT 'hello';
CREATE USER reader@localhost;
CREATE USER looker@'%';
GRANT SELECT, SHOW VIEW ON listed.* TO looker@'%';
CREATE TABLE t (id int PRIMARY KEY, b int);
GRANT UPDATE, DELETE ON listed.t TO reader@localhost;
GRANT INSERT (b) ON listed.t TO reader@localhost;
CREATE DEFINER = reader@localhost VIEW v AS SELECT 1 AS a;
CREATE DEFINER = reader@localhost TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.b = 1;
CREATE DEFINER = reader@localhost PROCEDURE p() SELECT 1;
CREATE DEFINER = reader@localhost EVENT e ON SCHEDULE EVERY 1 DAY DISABLE DO SELECT 1;
CREATE TABLE part_of (a int) ENGINE = MyISAM;
CREATE TABLE merged (a int) ENGINE = MERGE UNION = (part_of);
SET sql_mode = oracle;
DELIMITER //
CREATE PACKAGE pack AS FUNCTION one RETURN int; END //
CREATE PACKAGE BODY pack AS FUNCTION one RETURN int AS BEGIN RETURN 1; END; END //
END
ok "a database with some of everything"
new_project listed
printf '[migrate]\nscript_location = %%(here)s/migrations\nurl = %s\nmodels = %%(here)s/migrations/models.json\n' "$url" >migrate.ini
lines() { printf '%s\n' "$err" | sed -n 's/^not modelled, left alone: //p; /^out of scope/p' | LC_ALL=C sort; }
wanted="e: DEFINER=reader@localhost
listed: COMMENT 'hello'
listed: privileges of 'looker'@'%': SELECT, SHOW VIEW
merged: UNION
p: DEFINER=reader@localhost
pack: package
pack: package body
t.b: privileges of 'reader'@'localhost': INSERT
t: privileges of 'reader'@'localhost': DELETE, UPDATE
tr: DEFINER=reader@localhost
v: DEFINER=reader@localhost"
run migrate inspect -v
exits 0 "inspect -v"
same "$(lines)" "$wanted" "lists what is not modelled"
printf '%s\n' "$out" >migrations/models.json
run migrate inspect -v --url "mysql://looker@127.0.0.1:$MYPORT/listed"
exits 0 "inspect -v of an account with few rights"
run migrate check -v
exits 0 "check -v"
same "$(lines)" "$wanted" "lists the same"
run migrate check
same "$(lines)" "" "and nothing without -v"
run migrate check -v --json
same "$(printf '%s' "$out" | python3 -c 'import json, sys
for thing in json.load(sys.stdin)["not_modelled"]:
    if thing["subject"] == "merged": print(thing["text"])')" UNION "--json has it in the document"
sed -i 's/{"name": "b", "type": "Integer"}/{"name": "b", "type": "Integer"}, {"name": "c", "type": "Integer"}/' migrations/models.json
migrate -q revision --autogenerate -m more >/dev/null && run migrate upgrade head
exits 0 "a table is changed"
run migrate inspect -v
same "$(lines)" "$wanted" "and all of it is there as it was"
finish

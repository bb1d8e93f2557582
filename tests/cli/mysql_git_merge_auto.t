#!/usr/bin/env bash
# merge --auto on MariaDB: what statements touch by way of routines, triggers, views, keys and statements of many tables.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/mysql-tap.sh"
. "$ROOT/tests/support/merge-sides.sh"
URL=$(newdb merged)
new_project project
printf '[migrate]\nscript_location = migrations\nurl = %s\n' "$URL" >migrate.ini
base <<'Q'
CREATE TABLE users (id integer PRIMARY KEY, name varchar(20));
CREATE TABLE orders (id integer PRIMARY KEY, user_id integer, total integer, FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE);
CREATE TABLE audit (what varchar(20));
CREATE TABLE lonely (id integer);
CREATE TABLE `Mixed Case` (id integer);
CREATE VIEW vusers AS SELECT id, name FROM users;
CREATE TRIGGER watch AFTER INSERT ON users FOR EACH ROW INSERT INTO audit VALUES ('user');
CREATE TRIGGER watch2 AFTER UPDATE ON users FOR EACH ROW INSERT INTO audit VALUES ('user');
CREATE PROCEDURE add_user() INSERT INTO users VALUES (1, 'x');
DELIMITER //
CREATE PROCEDURE clean() BEGIN DELETE FROM lonely; END //
CREATE PROCEDURE dyn(q text) BEGIN EXECUTE IMMEDIATE q; END //
CREATE FUNCTION cnt() RETURNS integer READS SQL DATA BEGIN RETURN (SELECT count(*) FROM orders); END //
DELIMITER ;
Q
apart "a column each" <<'Q'
ALTER TABLE users ADD COLUMN a integer;
---
ALTER TABLE orders ADD COLUMN b integer;
Q
meet "audit" "a trigger behind a procedure that writes" <<'Q'
CALL add_user();
---
DELETE FROM audit;
Q
meet "lonely" "a procedure" <<'Q'
CALL clean();
---
INSERT INTO lonely VALUES (1);
Q
untold 0002 "SQL that a procedure is given" <<'Q'
CALL dyn('DELETE FROM lonely');
---
INSERT INTO orders VALUES (1, NULL, 1);
Q
untold 0002 "SQL that is built and prepared" <<'Q'
SET @q = CONCAT('DELETE FROM ', 'lonely');
PREPARE s FROM @q;
EXECUTE s;
---
INSERT INTO orders VALUES (1, NULL, 1);
Q
meet "lonely" "SQL in a string" <<'Q'
EXECUTE IMMEDIATE 'DELETE FROM lonely';
---
INSERT INTO lonely VALUES (1);
Q
meet "audit" "an update of two tables" <<'Q'
UPDATE lonely JOIN users ON users.id = lonely.id SET users.name = 'x';
---
DELETE FROM audit;
Q
meet "orders" "rows that go with those that a join deletes" <<'Q'
DELETE users FROM lonely JOIN users ON users.id = lonely.id;
---
ALTER TABLE orders ADD COLUMN x integer;
Q
meet "orders" "rows that go with those that are replaced" <<'Q'
REPLACE INTO users VALUES (1, 'x');
---
UPDATE orders SET total = 3;
Q
meet "orders" "rows that follow those in the way" <<'Q'
INSERT INTO users VALUES (1, 'x') ON DUPLICATE KEY UPDATE id = 2;
---
UPDATE orders SET total = 3;
Q
meet "audit" "a trigger behind a view" <<'Q'
UPDATE vusers SET name = 'x';
---
DELETE FROM audit;
Q
meet "mixed case" "quoted names in mixed case" <<'Q'
UPDATE `Mixed Case` SET id = 3;
---
ALTER TABLE `Mixed Case` ADD x integer;
Q
meet "lonely" "a table that is renamed" <<'Q'
RENAME TABLE lonely TO alone;
---
INSERT INTO lonely VALUES (1);
Q
meet "audit" "a trigger behind a block" <<'Q'
BEGIN NOT ATOMIC UPDATE users SET name = 'x'; END;
---
DELETE FROM audit;
Q
meet "orders" "a function that reads" <<'Q'
INSERT INTO lonely SELECT cnt();
---
UPDATE orders SET total = 3;
Q
meet "orders" "one that is run by DO" <<'Q'
DO cnt();
---
UPDATE orders SET total = 3;
Q
meet "lonely" "a table like another" <<'Q'
CREATE TABLE fresh LIKE lonely;
---
ALTER TABLE lonely ADD c integer;
Q
meet "orders" "rows, and a column that goes" <<'Q'
UPDATE orders SET total = 4;
---
ALTER TABLE orders DROP COLUMN total;
Q
meet "users" "a key to the other side's table" <<'Q'
ALTER TABLE lonely ADD CONSTRAINT fk FOREIGN KEY (id) REFERENCES users (id);
---
ALTER TABLE users MODIFY name varchar(30);
Q
meet "lonely" "what an event will do" <<'Q'
CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM lonely;
---
ALTER TABLE lonely ADD c integer;
Q
apart "rows beside a column" <<'Q'
INSERT INTO orders VALUES (1, NULL, 3);
---
ALTER TABLE lonely ADD c integer;
Q
meet "s" "the same new sequence" <<'Q'
CREATE SEQUENCE s;
---
CREATE SEQUENCE s;
Q
sides <<'Q'
ALTER DATABASE CHARACTER SET latin1;
---
CREATE TABLE fresh (id integer, t varchar(10));
Q
run migrate merge --auto --rev-id 0009
exits 3 "one order makes another schema than the other"
prints "the two orders make different schemas, 1 operation apart" "which is said"
same "$(mysql_client -N -e "SHOW DATABASES LIKE 'migrate\\_scratch%'")" "" "no scratch database is left"
same "$(sql_rows merged "SHOW TABLES")" "" "the live database is as it was"
finish

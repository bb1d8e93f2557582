#!/usr/bin/env bash
# Views, triggers, routines, events and sequences on a MariaDB server, and what becomes of them when tables and columns
# change beneath: up, an empty check, and back to the former dump.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/mysql-tap.sh"

settings="SET SESSION sql_mode = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION';"
dumped() { # DATABASE
    local table ignored=()
    for table in migrate_version migrate_history migrate_journal; do ignored+=("--ignore-table=$1.$table"); done
    mysql_dump "$1" "${ignored[@]}" | sed 's/ ON `\([a-z]*\)` FOR EACH/ ON \1 FOR EACH/' | grep -v '^$'
}
script() { # DATABASE SQL, with // behind each statement
    printf 'DELIMITER //\n%s//\n%s//\n' "$settings" "$2" | mysql_client "$1"
}
# What the second script adds to the first becomes a revision; $sql is its text.
check_change() { # NAME SCRIPT CHANGE [OPTIONS of revision]
    local name=$1 url wanted before
    new_project "$name"
    url=$(newdb "$name") wanted=$(newdb "${name}_wanted")
    script "$name" "$2" && script "${name}_wanted" "$2" && script "${name}_wanted" "$3"
    ok "$name: the scripts run"
    printf '[migrate]\nscript_location = %%(here)s/migrations\nurl = %s\nmodels = %%(here)s/migrations/models.json\n' "$url" >migrate.ini
    migrate inspect --url "$wanted" >migrations/models.json
    before=$(dumped "$name")
    run migrate revision --autogenerate -m change "${@:4}"
    exits 0 "$name: the change becomes a revision"
    [ "$status" = 0 ] || explain
    sql=$(cat "$out")
    run migrate upgrade head
    exits 0 "$name: up"
    [ "$status" = 0 ] || explain
    same "$(dumped "$name")" "$(dumped "${name}_wanted")" "$name: as wanted"
    run migrate check
    exits 0 "$name: check finds nothing"
    [ "$status" = 0 ] || explain
    run migrate downgrade base
    exits 0 "$name: down"
    [ "$status" = 0 ] || explain
    same "$(dumped "$name")" "$before" "$name: as it was"
}
up() { printf '%s\n' "${sql%%-- migrate:down*}"; }
without() { # TEXT NAME: on the way up
    case $(up) in *"$1"*) up | sed 's/^/# /'; false ;; *) true ;; esac; ok "$2"
}
with() { # TEXT NAME: on the way up
    case $(up) in *"$1"*) true ;; *) up | sed 's/^/# /'; false ;; esac; ok "$2"
}

tables="CREATE TABLE orders (id INTEGER PRIMARY KEY, total INTEGER NOT NULL, note VARCHAR(20))//
CREATE TABLE log (id INTEGER PRIMARY KEY AUTO_INCREMENT, said VARCHAR(99))"
objects="CREATE FUNCTION taxed(amount INTEGER) RETURNS INTEGER
DETERMINISTIC
COMMENT 'with 20 %'
BEGIN
  DECLARE tax INTEGER DEFAULT 20; -- per cent
  RETURN amount + amount * tax DIV 100;
END//
CREATE VIEW totals AS SELECT id, taxed(total) AS total FROM orders//
CREATE VIEW a_view AS SELECT max(total) AS highest FROM totals//
CREATE PROCEDURE clean(days INTEGER)
MODIFIES SQL DATA
BEGIN
  DELETE FROM log WHERE id < days;
END//
CREATE TRIGGER z_first BEFORE INSERT ON orders FOR EACH ROW SET new.note = upper(new.note)//
CREATE TRIGGER a_second BEFORE INSERT ON orders FOR EACH ROW BEGIN
  INSERT INTO log (said) VALUES (concat('new;', new.note));
END//
CREATE EVENT nightly
ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 03:00:00'
DISABLE
COMMENT 'cleans up'
DO CALL clean(7)//
CREATE SEQUENCE numbers START WITH 100 INCREMENT BY 10"

check_change all_new "$tables" "$objects"
check_change all_gone "$tables//$objects" "DROP VIEW a_view, totals// DROP FUNCTION taxed// DROP PROCEDURE clean//
DROP TRIGGER a_second// DROP TRIGGER z_first// DROP EVENT nightly// DROP SEQUENCE numbers"

check_change bodies "$tables//$objects" "CREATE OR REPLACE VIEW totals AS SELECT id, taxed(total) + 1 AS total, note FROM orders//
CREATE OR REPLACE PROCEDURE clean(days INTEGER)
MODIFIES SQL DATA
BEGIN
END//
CREATE OR REPLACE TRIGGER z_first BEFORE INSERT ON orders FOR EACH ROW PRECEDES a_second SET new.note = lower(new.note)//
CREATE OR REPLACE EVENT nightly
ON SCHEDULE EVERY 2 DAY STARTS '2030-01-01 03:00:00'
COMMENT 'cleans up'
DO CALL clean(7)"
without a_view "what stands on a view that is replaced stays"
without taxed\( "a function that is not changed stays"
without 'TRIGGER a_second' "so does the other trigger of the event"
without 'DROP ' "nothing is dropped"

check_change order "$tables//$objects" "DROP TRIGGER z_first//
CREATE TRIGGER z_first BEFORE INSERT ON orders FOR EACH ROW SET new.note = upper(new.note)"

check_change comment "$tables//$objects" "ALTER FUNCTION taxed COMMENT 'VAT'// ALTER EVENT nightly COMMENT 'cleans'"
with "ALTER FUNCTION taxed COMMENT 'VAT'" "a comment is all that changes"

# No server writes new names into these: they are created again with what the model says.
check_change table_renamed "$tables//$objects" "RENAME TABLE log TO journal//
CREATE OR REPLACE PROCEDURE clean(days INTEGER)
MODIFIES SQL DATA
BEGIN
  DELETE FROM journal WHERE id < days;
END//
CREATE OR REPLACE TRIGGER a_second BEFORE INSERT ON orders FOR EACH ROW BEGIN
  INSERT INTO journal (said) VALUES (concat('new;', new.note));
END" --rename log:journal
without 'VIEW' "views without the table stay"

check_change trigger_table "$tables//$objects" "RENAME TABLE orders TO sales//
CREATE OR REPLACE VIEW totals AS SELECT id, taxed(total) AS total FROM sales" --rename orders:sales
without 'TRIGGER' "triggers go with their table"
without 'a_view' "a view on a view that mentions the table stays"

check_change both "$tables//$objects" "RENAME TABLE orders TO sales//
ALTER TABLE sales RENAME COLUMN note TO remark//
CREATE OR REPLACE TRIGGER z_first BEFORE INSERT ON sales FOR EACH ROW PRECEDES a_second SET new.remark = upper(new.remark)//
CREATE OR REPLACE TRIGGER a_second BEFORE INSERT ON sales FOR EACH ROW FOLLOWS z_first BEGIN
  INSERT INTO log (said) VALUES (concat('new;', new.remark));
END//
CREATE OR REPLACE VIEW totals AS SELECT id, taxed(total) AS total FROM sales//
CREATE VIEW remarks AS SELECT remark FROM sales" --rename orders:sales --rename orders.note:sales.remark

check_change column_renamed "$tables//$objects" "ALTER TABLE orders RENAME COLUMN total TO amount//
CREATE OR REPLACE VIEW totals AS SELECT id, taxed(amount) AS total FROM orders" --rename orders.total:amount
without 'TRIGGER' "what does not mention the column stays"

check_change column_dropped "$tables//$objects" "CREATE OR REPLACE TRIGGER z_first BEFORE INSERT ON orders FOR EACH ROW PRECEDES a_second SET new.total = 0//
CREATE OR REPLACE TRIGGER a_second BEFORE INSERT ON orders FOR EACH ROW FOLLOWS z_first SET new.total = 1//
ALTER TABLE orders DROP COLUMN note"

check_change sequence "$tables//$objects" "ALTER SEQUENCE numbers INCREMENT BY 5 MAXVALUE 5000 CYCLE"
# --- as people write them ---
new_project by_hand
printf '[migrate]\nscript_location = %%(here)s/migrations\nurl = %s\nmodels = %%(here)s/migrations/models.json\n' "$(newdb by_hand)" >migrate.ini
model <<'EOF'
{"tables": [{"name": "orders", "columns": [{"name": "id", "type": "Integer", "primary_key": true},
                                           {"name": "note", "type": "String(20)"}]}],
 "objects": [
  {"kind": "view", "name": "notes", "definition": "create or replace algorithm = undefined definer = 'root'@'localhost' sql security definer view `notes` (n) as\n  select `by_hand`.`orders`.`note` from orders -- all\n  where id between 1 and 5;"},
  {"kind": "view", "name": "Checked", "definition": "create view Checked as select * from orders where id > 0 with check option"},
  {"kind": "trigger", "name": "second", "table_name": "orders", "definition": "create trigger if not exists second before update on orders for each row follows first set new.note = trim(new.note);"},
  {"kind": "trigger", "name": "first", "table_name": "orders", "definition": "create trigger first before update on `orders` for each row begin if new.note = '' then set new.note = null; end if; end;"},
  {"kind": "function", "name": "half", "comment": "of it", "definition": "create definer=current_user() function if not exists Half(a int(10) unsigned, b dec(5,1), c bool) returns double precision language sql not deterministic reads sql data return a / 2"},
  {"kind": "procedure", "name": "many", "definition": "create procedure many(in a int, out b text character set utf8, inout c json) sql security invoker comment 'so' begin set b = 'x'; end"},
  {"kind": "event", "name": "yearly", "definition": "create event if not exists yearly on schedule every '1' year starts now() on completion not preserve enable comment 'y' do call many(1, @a, @b);"},
  {"kind": "event", "name": "once", "definition": "create event once on schedule at '2030-01-01' do begin end"}],
 "sequences": [{"name": "s", "start": 1, "increment": 1, "minvalue": 1, "cache": 1000}]}
EOF
run migrate revision --autogenerate -m all
exits 0 "a model as people write it becomes a revision"
[ "$status" = 0 ] || explain
run migrate upgrade head
exits 0 "it runs"
[ "$status" = 0 ] || explain
run migrate check
exits 0 "and the server's words mean the same"
[ "$status" = 0 ] || explain
same "$(sql_rows by_hand "SELECT group_concat(trigger_name ORDER BY action_order) FROM information_schema.triggers WHERE trigger_schema = 'by_hand'")" \
    "first,second" "FOLLOWS is obeyed"
run migrate downgrade base
exits 0 "and all of it goes"
same "$(sql_rows by_hand "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'by_hand' AND table_name NOT LIKE 'migrate%'")" "0" "nothing is left"

sed -i "s/create event once on/DELIMITER \/\/\\\\ncreate event once on/" migrations/models.json
run migrate check
says "event 'once': DELIMITER is a command of the client, no SQL" "DELIMITER is not understood by the server, and that is said"
finish

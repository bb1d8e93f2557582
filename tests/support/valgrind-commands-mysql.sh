#!/usr/bin/env bash
# The same on a MariaDB server: what a driver and an inspector of a server can leak, what errors leave behind, and a
# journal that is gone on with.
set -eu
. "$(dirname "$0")/valgrind.sh"
server=$(mktemp -d /tmp/mmy.XXXXXX)
trap '"$root/tests/support/mysql.sh" stop "$server"; rm -rf "$server" "$folder"' EXIT
url=$("$root/tests/support/mysql.sh" start "$server")
client() { mariadb --no-defaults -uroot -S "$server/socket" --default-character-set=utf8mb4 "$@"; }
client -e 'CREATE DATABASE shop; CREATE DATABASE other'
shop=${url}shop
check 0 init --url "$shop"
model() { # TYPE_OF_TOTAL
    cat <<J
{"tables": [
  {"name": "customers", "comment": "who buys", "options": {"mysql": {"charset": "utf8mb4", "collate": "utf8mb4_bin"}},
   "columns": [{"name": "id", "type": "Integer", "primary_key": true}, {"name": "email", "type": "String(80)", "nullable": false}],
   "indexes": [{"name": "ix_email", "columns": [{"column": "email", "length": 10}]}]},
  {"name": "orders",
   "columns": [{"name": "id", "type": "BigInteger", "primary_key": true}, {"name": "total", "type": "$1"},
     {"name": "status", "type": "Enum('open', 'paid')", "server_default": "'open'"},
     {"name": "customer_id", "type": "Integer", "foreign_key": "customers.id", "ondelete": "CASCADE"}],
   "check_constraints": [{"name": "ck_total", "expression": "total >= 0"}]}],
 "objects": [{"kind": "view", "name": "paid", "definition": "CREATE VIEW paid AS SELECT id, total FROM orders WHERE status = 'paid'",
   "depends_on": ["orders"]}]}
J
}
model 'Numeric(8, 2)' >migrations/models.json
check 0 revision --autogenerate -m one
check 0 upgrade head
check 0 check
model 'Numeric(10, 2)' >migrations/models.json
check 3 diff
check 3 diff --json
check 0 revision --autogenerate -m two
check 0 upgrade head --echo
check 0 check
# Objects of every kind that has a reader of its own, and what tables have here only.
client shop <<'S'
CREATE TABLE parts (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, kind ENUM('a', 'b') DEFAULT 'a', n INT AS (char_length(words)) STORED,
    at TIMESTAMP DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, words TEXT, place POINT NOT NULL, CHECK (kind <> ''),
    FULLTEXT KEY ft (words), SPATIAL KEY sp (place), KEY ix (words(20)));
CREATE TABLE spans (id INT NOT NULL) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10));
CREATE VIEW v AS SELECT id FROM parts;
CREATE FUNCTION f(n INT) RETURNS INT DETERMINISTIC RETURN n + 1;
CREATE PROCEDURE p(IN n INT) SELECT n;
CREATE TRIGGER g BEFORE INSERT ON spans FOR EACH ROW SET NEW.id = f(NEW.id);
CREATE SEQUENCE s START WITH 5;
CREATE EVENT e ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' DO SELECT 1;
S
check 0 inspect
check 0 status
check 0 upgrade --sql head
check 0 downgrade -1
check 0 create_all --url "${url}other" --stamp
version=$(client -N -B other -e 'SELECT version_num FROM migrate_version')
printf -- '-- Message: half\n-- Revision: aaaa\n-- Revises: %s\n\n-- migrate:up\nCREATE TABLE c (x INTEGER);\nSELECT nothing FROM c;\nDROP TABLE c;\n' \
    "$version" >migrations/versions/aaaa_half.sql
check 1 upgrade head
client shop -e 'ALTER TABLE c ADD COLUMN nothing INTEGER'
check 0 upgrade head
printf -- '-- Message: bad\n-- Revision: bbbb\n-- Revises: aaaa\n\n-- migrate:up\nCREATE TABLE e (x INTEGER;\n' \
    >migrations/versions/bbbb_bad.sql
check 1 upgrade head
check 1 current --url "${url}nowhere"
"$root/tests/support/mysql.sh" stop "$server"
check 1 current
echo "valgrind: no error in $commands commands on a MariaDB server"

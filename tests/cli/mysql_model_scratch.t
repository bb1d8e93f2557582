#!/usr/bin/env bash
# Models in SQL on MariaDB: where they are run, what may stand in them, and that nothing is left of it.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/mysql-tap.sh"

databases() { mysql_client -N -B -e "SHOW DATABASES LIKE 'migrate%'"; }
at() { echo "mysql://$1@127.0.0.1:$MYPORT/$2"; } # USER DATABASE
ini() { # URL [LINE…]
    { printf '[migrate]\nscript_location = %%(here)s/migrations\nmodels = %%(here)s/migrations/schema.sql\nurl = %s\n' "$1"; shift; printf '%s\n' "$@"; } >migrate.ini
}
schema() { cat >migrations/schema.sql; }
refuses() { # NAME TEXT: the statement on stdin is refused, at its place, before anything runs
    { echo 'CREATE TABLE t (a int);'; cat; } >migrations/schema.sql
    run migrate check
    exits 1 "$1: is refused"
    says 'schema.sql:2:1: ' "$1: where"
    says "$2" "$1: why"
}

newdb app >/dev/null
newdb other >/dev/null
new_project app
ini "$(at root app)"

# --- what may not stand there, and what is left out ---
refuses 'CREATE USER' 'the whole server' <<<'CREATE USER nobody_yet;'
refuses 'SET PASSWORD' 'the whole server' <<<"SET PASSWORD = PASSWORD('x');"
refuses 'INSTALL' 'the whole server' <<<"INSTALL SONAME 'ha_x';"
refuses 'another database' "'other.t'" <<<'CREATE TABLE other.t (a int);'
refuses 'another database, of a view' "'other.v'" <<<'DROP VIEW other.v;'
refuses 'source' "name the file in 'models'" <<<'source other.sql'
refuses '\.' "name the file in 'models'" <<<'\. other.sql'
refuses 'ROLLBACK' 'not taken back' <<<'ROLLBACK;'
printf 'CREATE DATABASE one;\nUSE one;\nUSE two;\n' | schema
run migrate check
exits 1 'two databases: are refused'
says 'schema.sql:3:1: ' 'two databases: where'
same "$(mysql_client -N -B -e 'SHOW TABLES FROM other; SHOW TABLES FROM app')" '' 'nothing was made elsewhere'

schema <<'SQL'
/*M!999999\- enable the sandbox mode */
-- MariaDB dump 10.19
/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!40103 SET TIME_ZONE='+00:00' */;
/*!40014 SET @OLD_UNIQUE_CHECKS=@@UNIQUE_CHECKS, UNIQUE_CHECKS=0 */;
/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;
/*M!100616 SET @OLD_NOTE_VERBOSITY=@@NOTE_VERBOSITY, NOTE_VERBOSITY=0 */;
SET @MYSQLDUMP_TEMP_LOG_BIN = @@SESSION.SQL_LOG_BIN;
SET @@SESSION.SQL_LOG_BIN= 0;
SET @@GLOBAL.GTID_PURGED=/*!80000 '+'*/ '3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5';
/*!80000 SET SESSION information_schema_stats_expiry=0 */;
CREATE DATABASE /*!32312 IF NOT EXISTS*/ `app` /*!40100 DEFAULT CHARACTER SET utf8mb4 */ /*!80016 DEFAULT ENCRYPTION='N' */;
USE `app`;
ALTER DATABASE `app` CHARACTER SET latin1 COLLATE latin1_swedish_ci ;
DROP TABLE IF EXISTS `b`;
/*!50503 SET character_set_client = utf8mb4 */;
CREATE TABLE `b` (`id` int(11) NOT NULL, `a_id` int(11) DEFAULT NULL, PRIMARY KEY (`id`), KEY `a_id` (`a_id`), CONSTRAINT `b_ibfk_1` FOREIGN KEY (`a_id`) REFERENCES `app`.`a` (`id`)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
LOCK TABLES `b` WRITE;
/*!40000 ALTER TABLE `b` DISABLE KEYS */;
INSERT INTO `b` VALUES (1,1),(2,7);
/*!40000 ALTER TABLE `b` ENABLE KEYS */;
UNLOCK TABLES;
CREATE TABLE `app`.`a` (`id` int(11) NOT NULL AUTO_INCREMENT, PRIMARY KEY (`id`)) ENGINE=InnoDB AUTO_INCREMENT=3 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
DELIMITER ;;
/*!50003 CREATE*/ /*!50017 DEFINER=`nobody`@`nowhere`*/ /*!50003 TRIGGER b_bi BEFORE INSERT ON b FOR EACH ROW BEGIN
  SET NEW.id = NEW.id + 1;
END */;;
CREATE DEFINER=`nobody`@`nowhere` PROCEDURE `p`()
BEGIN
  SELECT 1;
END ;;
DELIMITER ;
/*!50001 CREATE VIEW `v` AS SELECT 1 AS `id`*/;
/*!50001 DROP VIEW IF EXISTS `v`*/;
/*!50001 CREATE ALGORITHM=UNDEFINED */
/*!50013 DEFINER=`nobody`@`nowhere` SQL SECURITY DEFINER */
/*!50001 VIEW `v` AS select `b`.`id` AS `id` from `b` */;
GRANT SELECT ON app.* TO nobody;
COMMIT;
SQL
mysql_client app <<'SQL'
CREATE TABLE a (id int NOT NULL AUTO_INCREMENT PRIMARY KEY);
CREATE TABLE b (id int NOT NULL PRIMARY KEY, a_id int, KEY a_id (a_id), CONSTRAINT b_ibfk_1 FOREIGN KEY (a_id) REFERENCES a (id));
CREATE VIEW v AS SELECT id FROM b;
DELIMITER ;;
CREATE TRIGGER b_bi BEFORE INSERT ON b FOR EACH ROW BEGIN
  SET NEW.id = NEW.id + 1;
END;;
CREATE PROCEDURE p()
BEGIN
  SELECT 1;
END;;
SQL
run migrate -v check
exits 0 'what is no part of the schema is left out'
[ "$status" = 0 ] || { explain; run migrate diff; explain; }
says 'rows (3)' 'and told with -v'
says 'locks (2)' 'locks, too'
same "$(mysql_client -N -B -e "SELECT default_collation_name FROM information_schema.schemata WHERE schema_name = 'app'")" utf8mb4_general_ci 'the live database is as it was'
same "$(mysql_client -N -B app -e 'SELECT count(*) FROM b')" 0 'and has no rows of the model'

printf 'CREATE TABLE a (id int);\nCREATE TABLE b (\n  id int,\n  n nonsense\n);\n' | schema
run migrate check
exits 1 'a mistake'
says 'schema.sql:2:1: ' 'a mistake: FILE:LINE:COLUMN of its statement'
says 'nonsense' "and the server's words"

# --- rights ---
mysql_client -e "CREATE USER plain; CREATE USER maker; GRANT SELECT ON mysql.proc TO plain, maker; GRANT ALL ON app.* TO plain; GRANT ALL ON app.* TO maker; GRANT ALL ON \`migrate\\_scratch\\_%\`.* TO maker"
printf "CREATE TABLE a (id int);\nCREATE DEFINER=\`root\`@\`localhost\` VIEW v AS SELECT id FROM a;\n" | schema
ini "$(at plain app)"
run migrate check
exits 1 'an account without rights elsewhere: fails'
says 'the rights CREATE and DROP' 'which rights are missing'
says 'scratch_url' 'and what to set instead'
ini "$(at plain app)" "scratch_url = $(at maker app)"
run migrate check
exits 3 'with scratch_url: compares'
ini "$(at maker app)"
run migrate check
exits 3 'an account with the rights: compares, and definers do not matter'
[ "$status" = 3 ] || explain

# --- nothing is left, whatever happens ---
ini "$(at root app)"
printf 'CREATE TABLE a (id int);\nSELECT sleep(30);\n' | schema
same "$(databases)" '' 'no scratch database is left so far'
in_sleep() { # NUMBER of them
    for _ in $(seq 200); do
        [ "$(mysql_client -N -B -e "SELECT count(*) FROM information_schema.processlist WHERE info LIKE 'SELECT sleep%'")" = "$1" ] && return
        sleep 0.05
    done
    return 1
}
"$MIGRATE" check >out 2>err </dev/null &
first=$!
in_sleep 1
kill -9 $first
wait $first 2>/dev/null
for id in $(mysql_client -N -B -e "SELECT id FROM information_schema.processlist WHERE info LIKE 'SELECT sleep%'"); do mysql_client -e "KILL $id"; done
left=$(databases)
[ -n "$left" ]; ok 'a killed run leaves its scratch database'
for _ in $(seq 100); do [ "$(mysql_client -N -B -e "SELECT IS_FREE_LOCK('$left')")" = 1 ] && break; sleep 0.05; done
"$MIGRATE" check >out 2>err </dev/null &
second=$!
in_sleep 1
used=$(databases)
[ -n "$used" ] && [ "$used" != "$left" ]; ok 'the next run drops it'
printf 'CREATE TABLE a (id int);\n' | schema
run migrate check
same "$(databases)" "$used" 'one that is in use is left alone'
kill -TERM $second
wait $second
same "$?" 130 'SIGTERM ends a run'
grep -qi 'cancel\|interrupt' err; ok 'and it says why'
same "$(databases)" '' 'and drops its scratch database'
finish

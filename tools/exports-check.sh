#!/bin/sh
# A driver's and a dialect's const struct (MySQL and MariaDB share files: two) is the only symbol that its files export, so that each can become a loadable
# module: exports-check.sh BUILD_FOLDER
set -eu
status=0
check() { # SYMBOLS OBJECT…
    symbol=$1
    shift
    exported=$(readelf -sW "$@" | awk '$5 == "GLOBAL" && $6 == "DEFAULT" && $7 != "UND" {print $8}' | sort -u | xargs)
    if [ "$exported" != "$symbol" ]; then
        echo "of $*, only '$symbol' may be exported, but there is:" $exported >&2
        status=1
    fi
}
check sqlite_driver "$1"/lib/driver/sqlite*.o
if [ -e "$1"/lib/driver/postgresql.o ]; then check postgresql_driver "$1"/lib/driver/postgresql*.o; fi
if [ -e "$1"/lib/driver/mysql.o ]; then check mysql_driver "$1"/lib/driver/mysql*.o; fi
check sqlite_dialect "$1"/lib/dialect/sqlite/*.o
check postgresql_dialect "$1"/lib/dialect/postgresql/*.o
check 'mariadb_dialect mysql_dialect' "$1"/lib/dialect/mysql/*.o
exit $status

# For tests of the real program on a MariaDB server of their own; to be sourced behind tap.sh.
# MYURL is root's URL without a database; the server is gone when the test ends. No server: no test passes.
for name in $(env | sed -n 's/^\(\(MYSQL\|MARIADB\)[A-Z_]*\)=.*/\1/p'); do unset "$name"; done
MYFOLDER=$(mktemp -d /tmp/mmy.XXXXXX)
at_exit '"$ROOT/tests/support/mysql.sh" stop "$MYFOLDER"; rm -rf "$MYFOLDER"'
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
MYURL=$("$ROOT/tests/support/mysql.sh" start "$MYFOLDER") || { echo "Bail out! no MariaDB server"; exit 1; }
MYPORT=$(cat "$MYFOLDER/port")

# The client as root: mysql_client [OPTIONS] [DATABASE] (SQL on stdin, or -e SQL).
mysql_client() { mariadb --no-defaults -uroot -S "$MYFOLDER/socket" --default-character-set=utf8mb4 "$@"; }
# A database as mariadb-dump says it: structure only, without what changes by itself and without definers.
mysql_dump() { # DATABASE [OPTIONS]
    mariadb-dump --no-defaults -uroot -S "$MYFOLDER/socket" --default-character-set=utf8mb4 --no-data --routines \
        --events --triggers --skip-comments --skip-dump-date "$@" | sed 's/ AUTO_INCREMENT=[0-9]*//; s/DEFINER=[^ *]* *//'
}
# An empty database: its URL on stdout. Tests of both servers say which.
my_newdb() { # NAME
    mysql_client -e "DROP DATABASE IF EXISTS \`$1\`; CREATE DATABASE \`$1\` CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci" &&
        echo "mysql://root@127.0.0.1:$MYPORT/$1"
}
newdb() { my_newdb "$@"; }
# Columns separated by '|', NULL as "NULL".
sql_rows() { # DATABASE QUERY
    mysql_client -N -B "$1" -e "$2" | tr '\t' '|'
}
# SIGKILL to the server, and up again on its data.
kill_server() { "$ROOT/tests/support/mysql.sh" stop "$MYFOLDER" && "$ROOT/tests/support/mysql.sh" again "$MYFOLDER"; }

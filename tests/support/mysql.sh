#!/usr/bin/env bash
# A private MariaDB server for tests; root runs it as user mysql (or nobody).
#   mysql.sh start FOLDER [NAME=VALUE…]   on a free loopback port and a socket in FOLDER; prints root's URL (no password).
#                                         FOLDER/port, FOLDER/pid, FOLDER/log, FOLDER/socket and FOLDER/data are there
#                                         afterwards. NAME=VALUE are lines of its option file. The folders above FOLDER
#                                         must be open to that user.
#   mysql.sh again FOLDER                 a server that was killed, on its port, its settings and its data
#   mysql.sh stop FOLDER                  at once (SIGKILL), and waits; FOLDER stays
# What was committed is there after SIGKILL: the log is written with each commit, only not synced to the disk.
# MIGRATE_TEST_MARIADB_BIN names another version's folder of programs.
set -eu

fail() {
    echo "mysql.sh: $*" >&2
    exit 1
}
find_program() { # NAME
    local found
    found=$(PATH=${MIGRATE_TEST_MARIADB_BIN:-}:$PATH:/usr/sbin:/usr/local/sbin command -v "$1") ||
        fail "no MariaDB server is installed: $1 is missing (Debian: apt-get install mariadb-server)"
    echo "$found"
}
# The server refuses to run as root. Who installed its programs alone has no user mysql.
account=mysql
id "$account" >/dev/null 2>&1 || account=nobody
as_user() {
    if [ "$(id -u)" = 0 ]; then echo "user = $account"; fi
}
write_options() { # FILE [NAME=VALUE…]
    local file=$1
    shift
    {
        # a starting server removes what it takes for its own leftovers in tmpdir
        printf '%s\n' "[mysqld]" "datadir = $folder/data" "tmpdir = $folder/data" "socket = $folder/socket" \
            "bind_address = 127.0.0.1" "pid_file = $folder/data/server.pid" "skip_name_resolve = 1" "performance_schema = 0" \
            "character_set_server = utf8mb4" "collation_server = utf8mb4_general_ci" "max_connections = 60" \
            "innodb_buffer_pool_size = 24M" "innodb_log_file_size = 8M" "innodb_undo_tablespaces = 0" \
            "innodb_flush_log_at_trx_commit = 2" "innodb_flush_method = nosync" "innodb_doublewrite = 0" \
            "innodb_use_native_aio = 0" "innodb_buffer_pool_dump_at_shutdown = 0" \
            "innodb_buffer_pool_load_at_startup = 0" "sync_frm = 0" "key_buffer_size = 1M" \
            "aria_pagecache_buffer_size = 2M" "lc_messages = en_US" "skip_log_bin = 1"
        as_user
        for setting; do printf '%s = %s\n' "${setting%%=*}" "${setting#*=}"; done
    } >"$file"
}
initialise() {
    write_options "$folder/install.cnf"
    "$install" --defaults-file="$folder/install.cnf" --datadir="$folder/data" --skip-test-db \
        --auth-root-authentication-method=normal >"$folder/log" 2>&1 </dev/null 8>&- ||
        { cat "$folder/log" >&2; fail "mariadb-install-db failed"; }
}
# mariadb-install-db takes seconds, a copy of its work none.
make_data() {
    local version templates template
    version=$("$server" --no-defaults --version | sed 's/.*Ver \([0-9.]*\).*/\1/')
    templates=$(cd "$(dirname "$0")/../.." && pwd)/build/mysql
    template=$templates/$version-$(id -u)
    if ! mkdir -p "$templates" 2>/dev/null || [ ! -w "$templates" ]; then
        initialise
        return
    fi
    (
        flock 9
        if [ ! -d "$template/mysql" ]; then
            initialise
            rm -rf "$template" "$template.new"
            cp -a "$folder/data" "$template.new"
            mv "$template.new" "$template"
        else
            cp -a "$template" "$folder/data"
        fi
    ) 9>"$template.lock"
}
# One that has ended and that nobody has waited for yet does not run.
is_running() { # PID
    local state
    state=$(sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2>/dev/null) && [ -n "$state" ] && [ "$state" != Z ]
}
is_ours() { # PID
    is_running "$1" && tr '\0' ' ' <"/proc/$1/cmdline" 2>/dev/null | grep -qF -- "--defaults-file=$folder/my.cnf "
}
try_port() { # PORT
    local child
    : >"$folder/log" # what is looked for below must be the new one's
    "$server" --defaults-file="$folder/my.cnf" --port="$1" >>"$folder/log" 2>&1 </dev/null 8>&- &
    child=$!
    echo "$child" >"$folder/pid"
    for _ in $(seq 1200); do
        if grep -q 'ready for connections' "$folder/log"; then return 0; fi
        kill -0 "$child" 2>/dev/null || return 1
        sleep 0.05
    done
    kill -KILL "$child" 2>/dev/null || :
    return 1
}
find_programs() {
    server=$(find_program mariadbd)
    install=$(find_program mariadb-install-db)
}
start() {
    find_programs
    [ "$(id -u)" != 0 ] || chown "$account": "$folder"
    make_data
    write_options "$folder/my.cnf" "$@"
    for _ in 1 2 3 4 5; do
        port=$(shuf -i 20000-32000 -n 1)
        try_port "$port" || continue
        echo "$port" >"$folder/port"
        echo "mysql://root@127.0.0.1:$port/"
        return
    done
    cat "$folder/log" >&2
    fail "the server does not start"
}
again() {
    find_programs
    port=$(cat "$folder/port")
    is_ours "$(cat "$folder/pid")" && fail "the server runs"
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        if try_port "$port"; then return; fi
        sleep 0.1
    done
    cat "$folder/log" >&2
    fail "the server does not start again"
}
stop() {
    local pid
    pid=$(cat "$folder/pid" 2>/dev/null) || return 0
    is_ours "$pid" || return 0
    kill -KILL "$pid" 2>/dev/null || return 0
    while is_running "$pid"; do sleep 0.02; done
}

[ $# -ge 2 ] || fail "start FOLDER [NAME=VALUE…], again FOLDER, or stop FOLDER"
command=$1 folder=$2
shift 2
[ "$command" = start ] && mkdir -p "$folder"
[ -d "$folder" ] || exit 0
# Who stops a server waits until its start is over: a test may be killed meanwhile.
exec 8>"$folder/lock"
flock 8
case $command in
start) start "$@" ;;
again) again ;;
stop) stop ;;
*) fail "unknown command '$command'" ;;
esac

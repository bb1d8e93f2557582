#!/usr/bin/env bash
# A private PostgreSQL server for tests, of the newest version that is installed; root runs it as user postgres.
#   postgresql.sh start FOLDER [NAME=VALUE…]   on a free loopback port and a socket in FOLDER; prints the superuser's
#                                              URL. FOLDER/port, FOLDER/log and FOLDER/data are there afterwards, and
#                                              FOLDER/pid. The folders above FOLDER must be open to user postgres.
#   postgresql.sh again FOLDER                 a server that was killed, on its port and data
#   postgresql.sh pool FOLDER                  pgbouncer in front of the running server, in transaction mode with two
#                                              connections for each database; prints its URL
#   postgresql.sh stop FOLDER                  both, at once, and waits; FOLDER stays
# MIGRATE_TEST_POSTGRESQL_BIN names another version's folder of programs.
set -eu

fail() {
    echo "postgresql.sh: $*" >&2
    exit 1
}
as_server() {
    if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}
find_programs() {
    bin=${MIGRATE_TEST_POSTGRESQL_BIN:-$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)}
    [ -x "$bin/initdb" ] || bin=$(pg_config --bindir 2>/dev/null) || bin=
    [ -x "$bin/initdb" ] || fail "no PostgreSQL server is installed (Debian: apt-get install postgresql)"
}
initialise() {
    as_server "$bin/initdb" -D "$folder/data" -U postgres --auth=trust -E UTF8 --locale=C.UTF-8 --no-sync \
        >"$folder/log" 2>&1 || { cat "$folder/log" >&2; fail "initdb failed"; }
}
# initdb takes a second or two, a copy of its work none.
make_data() {
    local version templates template
    version=$("$bin/postgres" --version | cut -d' ' -f3)
    templates=$(cd "$(dirname "$0")/../.." && pwd)/build/postgresql
    template=$templates/$version-$(id -u)
    if ! mkdir -p "$templates" 2>/dev/null || [ ! -w "$templates" ]; then
        initialise
        return
    fi
    (
        flock 9
        if [ ! -e "$template/PG_VERSION" ]; then
            initialise
            rm -rf "$template.new"
            cp -a "$folder/data" "$template.new"
            mv "$template.new" "$template"
        else
            cp -a "$template" "$folder/data"
        fi
    ) 9>"$template.lock"
}
configure() {
    printf '%s\n' "listen_addresses = '127.0.0.1'" "unix_socket_directories = '$folder'" "fsync = off" \
        "synchronous_commit = off" "full_page_writes = off" "autovacuum = off" "shared_buffers = 16MB" \
        "max_connections = 50" "lc_messages = 'C'"
    for setting; do
        printf "%s = '%s'\n" "${setting%%=*}" "$(printf %s "${setting#*=}" | sed "s/'/''/g")"
    done
}
# The last line of postmaster.pid is the server's state.
is_ready() {
    [ "$(sed -n 's/ *$//; 8p' "$folder/data/postmaster.pid" 2>/dev/null)" = ready ]
}
try_port() {
    local child
    as_server "$bin/postgres" -D "$folder/data" -p "$1" >"$folder/log" 2>&1 </dev/null 8>&- &
    child=$!
    for _ in $(seq 600); do
        if is_ready; then return 0; fi
        kill -0 "$child" 2>/dev/null || return 1
        sleep 0.05
    done
    kill -QUIT "$(head -1 "$folder/data/postmaster.pid" 2>/dev/null || echo "$child")" 2>/dev/null || :
    return 1
}
start() {
    find_programs
    [ "$(id -u)" != 0 ] || chown postgres: "$folder"
    make_data
    configure "$@" >>"$folder/data/postgresql.conf"
    for _ in 1 2 3 4 5; do
        port=$(shuf -i 20000-32000 -n 1)
        try_port "$port" || continue
        head -1 "$folder/data/postmaster.pid" >"$folder/pid"
        echo "$port" >"$folder/port"
        echo "postgresql://postgres@127.0.0.1:$port/postgres"
        return
    done
    cat "$folder/log" >&2
    fail "the server does not start"
}
pool() {
    local pool port
    pool=$folder/pool
    rm -rf "$pool"
    mkdir "$pool"
    for _ in 1 2 3 4 5; do
        port=$(shuf -i 20000-32000 -n 1)
        printf '%s\n' '[databases]' "* = host=127.0.0.1 port=$(cat "$folder/port")" '[pgbouncer]' \
            'listen_addr = 127.0.0.1' "listen_port = $port" 'unix_socket_dir =' 'auth_type = any' \
            'pool_mode = transaction' 'default_pool_size = 2' "logfile = $pool/log" "pidfile = $pool/pid" \
            >"$pool/pgbouncer.ini"
        # auth_type = any logs in as the user that the server's own line names.
        sed -i "s/^\* = .*/& user=postgres/" "$pool/pgbouncer.ini"
        [ "$(id -u)" != 0 ] || chown -R postgres: "$pool"
        (cd "$pool" && as_server pgbouncer -q -d pgbouncer.ini >>"$pool/start.log" 2>&1 </dev/null 8>&-) || continue
        for _ in $(seq 100); do
            if [ -s "$pool/pid" ]; then
                echo "postgresql://postgres@127.0.0.1:$port/postgres"
                return
            fi
            sleep 0.05
        done
    done
    cat "$pool"/*log >&2
    fail "pgbouncer does not start"
}
# One that has ended and that nobody has waited for yet does not run.
is_running() { # PID
    local state
    state=$(sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2>/dev/null) && [ -n "$state" ] && [ "$state" != Z ]
}
end_process() { # PID SIGNAL
    kill "-$2" "$1" 2>/dev/null || return 0
    while is_running "$1"; do sleep 0.02; done
}
again() {
    find_programs
    port=$(cat "$folder/port")
    is_running "$(cat "$folder/pid")" && fail "the server runs"
    rm -f "$folder/data/postmaster.pid" # what is_ready reads must be the new one's
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        if try_port "$port"; then
            head -1 "$folder/data/postmaster.pid" >"$folder/pid"
            return
        fi
        sleep 0.1
    done
    cat "$folder/log" >&2
    fail "the server does not start again"
}
stop() {
    local pid
    if pid=$(cat "$folder/pool/pid" 2>/dev/null) && [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = pgbouncer ]; then
        end_process "$pid" TERM
    fi
    pid=$(cat "$folder/pid" 2>/dev/null) || return 0
    [ "$(head -1 "$folder/data/postmaster.pid" 2>/dev/null)" = "$pid" ] || return 0
    end_process "$pid" QUIT
}

[ $# -ge 2 ] || fail "start FOLDER [NAME=VALUE…], pool FOLDER, or stop FOLDER"
command=$1 folder=$2
shift 2
[ "$command" = start ] && mkdir -p "$folder"
[ -d "$folder" ] || exit 0
# Who stops a server waits until its start is over: a test may be killed meanwhile.
exec 8>"$folder/lock"
flock 8
case $command in
start) start "$@" ;;
pool) pool ;;
again) again ;;
stop) stop ;;
*) fail "unknown command '$command'" ;;
esac

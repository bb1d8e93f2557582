#!/bin/sh
# Installs the Debian packages of the named groups that are missing: deps.sh build test lint
set -eu
packages=
for group; do
    case $group in
    build) packages="$packages pkg-config libglib2.0-dev libsqlite3-dev libcjson-dev libinih-dev libsmartcols-dev
        libpq-dev default-libmysqlclient-dev libgit2-dev" ;;
    test) packages="$packages libcmocka-dev perl sqlite3 postgresql pgbouncer mariadb-server-core mariadb-client
        openssl graphviz git jq procps alembic python3-sqlalchemy python3-psycopg2 python3-pymysql" ;;
    lint) packages="$packages clang clang-format clang-tidy libclang-rt-14-dev cppcheck gcovr mandoc valgrind" ;;
    *) echo "deps.sh: unknown group '$group'" >&2; exit 2 ;;
    esac
done
missing=
for package in $packages; do
    if [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" != installed ]; then
        # The sanitizers' run-time library has the compiler's version in its name.
        if [ "$package" = libclang-rt-14-dev ]; then
            command -v clang >/dev/null 2>&1 && package=libclang-rt-$(clang -dumpversion | cut -d. -f1)-dev || :
            if [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ]; then continue; fi
        fi
        # The server's programs without a service of the system; some releases have the version in the name.
        if [ "$package" = mariadb-server-core ] && [ -x /usr/sbin/mariadbd ]; then continue; fi
        missing="$missing $package"
    fi
done
[ -n "$missing" ] || exit 0
if ! command -v apt-get >/dev/null 2>&1; then
    echo "these packages (or what your system calls them) are missing:$missing" >&2
    exit 1
fi
root=
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null 2>&1 || { echo "run as root, or install sudo: missing packages are$missing" >&2; exit 1; }
    root=sudo
fi
echo "installing$missing"
# The tests start servers of their own: this installation is to make and start no cluster.
no_cluster=/etc/postgresql-common/createcluster.d/migrate-deps.conf
case "$missing " in
*" postgresql "*)
    trap '$root rm -f $no_cluster' EXIT
    $root mkdir -p "${no_cluster%/*}"
    echo 'create_main_cluster = false' | $root tee "$no_cluster" >/dev/null
    ;;
esac
$root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
case "$missing " in
*" mariadb-server-core "*)
    if ! apt-cache show mariadb-server-core >/dev/null 2>&1; then
        core=$(apt-cache search --names-only '^mariadb-server-core' | awk '{print $1}' | sort -V | tail -1)
        missing=$(echo "$missing" | sed "s/mariadb-server-core/${core:-mariadb-server}/")
    fi
    ;;
esac
# shellcheck disable=SC2086
$root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null

#!/usr/bin/env bash
# 10,000 revision files with branches, merges and dependencies: beside grep over the same files, and once beside Alembic.
. "$(dirname "$0")/common.sh"

# Every 20th revision begins a branch of five, which the main line merges again; each 50th depends on what the branch
# before it began with. FORMAT: sql, json or py; the files go to FOLDER.
write_graph() { # FORMAT FOLDER
    awk -v format="$1" -v folder="$2" '
    function id(n) { return sprintf("%08x%04x", (n * 2654435761) % 4294967296, n) }
    function quoted(list) { gsub(/, /, "\", \"", list); return list == "" ? "[]" : "[\"" list "\"]" }
    function python(list) { gsub(/, /, "\", \"", list); return list == "" ? "None" : "(\"" list "\",)" }
    function write(n, parents, needs,   file) {
        file = folder "/" id(n) "_step." format
        if (format == "sql")
            printf "-- Message: step %d\n-- Revision: %s\n-- Revises: %s\n%s-- Created: 2026-11-21T08:15:00Z\n\n-- migrate:up\nCREATE TABLE t%d (id INTEGER PRIMARY KEY, x TEXT);\n\n-- migrate:down\nDROP TABLE t%d;\n", n, id(n), parents, needs == "" ? "" : "-- Depends-On: " needs "\n", n, n > file
        else if (format == "json")
            printf "{\n  \"revision\": \"%s\",\n  \"down_revision\": %s,\n  \"branch_labels\": [],\n  \"depends_on\": %s,\n  \"message\": \"step %d\",\n  \"create_date\": \"2026-11-21T08:15:00Z\",\n  \"upgrade\": [\n    {\"op\": \"create_table\", \"table_name\": \"t%d\", \"columns\": [{\"name\": \"id\", \"type\": \"Integer\", \"primary_key\": true}]}\n  ],\n  \"downgrade\": [\n    {\"op\": \"drop_table\", \"table_name\": \"t%d\"}\n  ]\n}\n", id(n), parents == "" ? "null" : quoted(parents), quoted(needs), n, n, n > file
        else
            printf "\"\"\"step %d\"\"\"\nrevision = \"%s\"\ndown_revision = %s\nbranch_labels = None\ndepends_on = %s\n\ndef upgrade():\n    pass\n\ndef downgrade():\n    pass\n", n, id(n), python(parents), python(needs) > file
        close(file)
    }
    BEGIN {
        for (n = 0; n < 10000; n++) {
            needs = n % 50 == 49 && n > 100 ? id(n - 40 - (n - 40) % 20 + 1) : ""
            if (n % 20 == 1 || n % 20 == 6) write(n, id(n - n % 20), "")
            else if (n % 20 == 11) write(n, id(n - 1) ", " id(n - 6), "")
            else write(n, n > 0 ? id(n - 1) : "", needs)
        }
    }'
}

echo "                                             migrate      grep"
for format in sql json; do
    mkdir "$format" && cd "$format"
    "$MIGRATE" -q init --url sqlite:///app.db >/dev/null
    write_graph "$format" migrations/versions
    # As `stamp heads` leaves it, without the SQL of 10,000 downgrades.
    "$MIGRATE" -q ensure_version >/dev/null
    sqlite3 app.db "INSERT INTO migrate_version VALUES ('$("$MIGRATE" heads | cut -d" " -f1)')"
    other='grep -h "^-- Re" migrations/versions/*.sql'
    [ "$format" = sql ] || other='grep -hE "^  \"(down_)?revision" migrations/versions/*.json'
    compare "heads of 10,000 revisions ($format)" "<= 3" "$MIGRATE heads" "$other"
    compare "history ($format)" "<= 3" "$MIGRATE history" "$other"
    compare "upgrade head, nothing to do ($format)" "<= 3" "$MIGRATE upgrade head" "$other"
    cd ..
done

python=
for candidate in python3 /usr/bin/python3; do
    "$candidate" -c "import alembic" 2>/dev/null && python=$candidate && break
done
[ -n "$python" ] || { echo "Alembic is not installed: not compared"; exit 0; }
cd sql
"$python" -m alembic.config init scripts >/dev/null 2>&1
sed -i "s#^sqlalchemy.url.*#sqlalchemy.url = sqlite:///alembic.db#" alembic.ini
write_graph py scripts/versions
RUNS=1
compare "heads, beside Alembic" "-" "$MIGRATE heads" "$python -m alembic.config heads"

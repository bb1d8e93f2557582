# For tests of a schema of a thousand tables and more, with views, functions and triggers; to be sourced behind an
# engine's own tap file. The test says how the engine's own client loads a file: load URL FILE; and, if there is code
# that the facts do not tell byte for byte, how it is read: code DATABASE.
facts() { (cd "$ROOT" && "${B:-build}/tests/support/print-facts" "$1"); } # URL
# large ENGINE TABLES: from one state of the schema to a later one, by a revision from the SQL of the later, and back.
large() { # ENGINE TABLES
    [ "${MIGRATE_TEST_SCALE:-}" != small ] || set -- "$1" 60
    local url fresh before after code_before=""
    new_project large
    for state in a b; do "$ROOT/tests/support/large_schema.py" "$1" "$state" "$2" >"$state.sql"; done
    url=$(newdb large) fresh=$(newdb large_fresh)
    load "$url" a.sql && load "$fresh" b.sql
    ok "$1: both states load"
    printf '[migrate]\nscript_location = %%(here)s/migrations\nurl = %s\nmodels = %%(here)s/${MODEL:-a.sql}\n' "$url" >migrate.ini
    before=$(facts "$url") after=$(facts "$fresh")
    if declare -F code >/dev/null; then code_before=$(code large); fi

    run migrate check
    exits 0 "what was loaded is no difference to itself"
    export MODEL=b.sql
    run migrate revision --autogenerate --no-rename -m "months" --rev-id 0001
    exits 0 "a revision of some months"
    echo "# $(printf '%s\n' "$err" | grep -c detected) operations"
    [ "$(printf '%s\n' "$err" | grep -c detected)" -gt $(($2 / 16)) ]; ok "has many operations"
    run migrate upgrade head
    exits 0 "is applied"
    same "$(facts "$url")" "$after" "the same facts as of the later state loaded afresh"
    [ -z "$code_before" ] || same "$(code large)" "$(code large_fresh)" "and the same code"
    run migrate check
    exits 0 "check finds nothing"
    run migrate inspect
    printf '%s\n' "$out" >inspected.json
    MODEL=inspected.json run migrate diff --url "$fresh"
    exits 0 "nor between the model in JSON and the one loaded afresh"
    run migrate downgrade base
    exits 0 "is taken back"
    same "$(facts "$url")" "$before" "the same facts as before"
    [ -z "$code_before" ] || same "$(code large)" "$code_before" "and the same code"
}

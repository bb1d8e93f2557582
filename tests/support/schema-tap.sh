# For tests that inspect whole schemas and build them again; to be sourced behind an engine's own tap file. The test says
# how to load_schema NAME into the database of that name, what its facts and its dump are (facts NAME, dumped NAME: text
# on stdout) and what goes into migrate.ini besides (SETTINGS).
# check_schema NAME: inspect finds no difference with itself, and what is made from it, by create_all and by a revision,
# is the same.
check_schema() { # NAME
    local name=$1 url copy built wanted dump
    url=$(newdb "$name") copy=$(newdb "${name}_copy") built=$(newdb "${name}_built")
    load_schema "$name" >/dev/null
    ok "$name: the schema loads"
    new_project "$name"
    printf '[migrate]\nscript_location = %%(here)s/migrations\nurl = %s\nmodels = %%(here)s/migrations/models.json\n%s\n' "$url" "${SETTINGS:-}" >migrate.ini
    wanted=$(facts "$name") dump=$(dumped "$name")

    run migrate inspect
    exits 0 "$name: inspect"
    printf '%s\n' "$out" >migrations/models.json
    run migrate check
    exits 0 "$name: check finds no difference with its own inspection"
    [ "$status" = 0 ] || { run migrate diff; explain; }
    same "$(facts "$name")" "$wanted" "$name: nothing was changed"

    run migrate create_all --url "$copy"
    exits 0 "$name: create_all elsewhere"
    [ "$status" = 0 ] || explain
    same "$(facts "${name}_copy")" "$wanted" "$name: the copy has the same facts"
    same "$(dumped "${name}_copy")" "$dump" "$name: and the same dump"
    run migrate check --url "$copy"
    exits 0 "$name: check of the copy"
    run migrate inspect --url "$copy"
    same "$out" "$(cat migrations/models.json)" "$name: inspecting the copy gives the same bytes"

    run migrate revision --url "$built" --autogenerate -m "the whole" --rev-id 0001
    exits 0 "$name: a revision of all of it"
    run migrate upgrade --url "$built" head
    exits 0 "$name: is applied"
    same "$(facts "${name}_built")" "$wanted" "$name: the built one has the same facts"
    run migrate downgrade --url "$built" base
    exits 0 "$name: down to base"
    [ "$status" = 0 ] || explain
    same "$(facts "${name}_built")" "" "$name: nothing is left"
    run migrate stamp head
    exits 0 "$name: the old database is stamped"
    run migrate check
    exits 0 "$name: and checked"
}

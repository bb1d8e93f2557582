# For tests of both of inspect's formats; to be sourced behind an engine's own tap file. The test says how to make an
# empty database (newdb NAME: its URL on stdout), how the engine's own client loads a file (client NAME FILE), and what
# a database's facts are by the catalogs' own words (facts NAME: text on stdout) and what goes into migrate.ini besides
# (settings NAME).
formats_of() { # NAME URL: NAME.json and NAME.sql
    migrate inspect --url "$2" --output "$1.json" && migrate inspect --url "$2" --format sql --output "$1.sql"
}
project_of() { # MODELS URL
    printf '[migrate]\nscript_location = %%(here)s/migrations\nurl = %s\nmodels = %%(here)s/%s\n%s\n' "$2" "$1" "${SETTINGS:-}"
}
same_files() { # A B NAME
    cmp -s "$1" "$2" || { diff "$1" "$2" | sed 's/^/# /' | head -40; false; }
    ok "$3"
}
check_models() { # NAME FORMAT URL: the file written in a format is a model that both formats are made from again
    project_of "$1.$2" "$3" >migrate.ini
    run migrate inspect --models --output again.json
    [ "$status" = 0 ] || explain
    same_files again.json "$1.json" "$1: models.json from its $2 is the same"
    run migrate inspect --models --format sql --output again.sql
    [ "$status" = 0 ] || explain
    same_files again.sql "$1.sql" "$1: schema.sql from its $2 is the same"
}
# One side of all pairs of an engine in one file: side_of_pairs DIALECT A|B [FEATURES to leave out] (on stdout). Without
# those that stand alone, and those that cannot be made from nothing, by known.txt: they hold what is not modelled.
side_of_pairs() {
    local file files=() without=" ${*:3} "
    for file in "$ROOT/tests/fixtures/pairs/$1"/*.sql; do
        case $without in *" $(basename "$file" .sql) "*) continue ;; esac
        grep -q '^-- alone:' "$file" ||
            grep -q "^$(basename "$file" .sql) nothing to $2:" "$ROOT/tests/fixtures/pairs/$1/known.txt" || files+=("$file")
    done
    awk -v side="$2" 'FNR == 1 { inside = 0 }
        /^-- (feature|schema|rows|changes|renamed)/ { inside = /^-- schema/ && $3 == side; next }
        inside' "${files[@]}"
}
# What inspect writes of a schema loads, and is the same again by either way.
check_formats() { # NAME FILE
    local name=$1 url copy
    url=$(newdb "$name") copy=$(newdb "${name}_copy")
    mkdir -p "$WORK/$name" && cd "$WORK/$name" || exit 1
    run client "$name" "$2"
    exits 0 "$name: the schema loads"
    [ "$status" = 0 ] || { explain; return; }
    SETTINGS=$(settings "$name")
    project_of none "$url" >migrate.ini
    run formats_of "$name" "$url"
    exits 0 "$name: inspect writes both formats"
    [ "$status" = 0 ] || { explain; return; }
    run client "${name}_copy" "$name.sql"
    exits 0 "$name: the engine's client loads the script"
    [ "$status" = 0 ] || { explain; return; }
    same "$(facts "${name}_copy")" "$(facts "$name")" "$name: and its database has the same facts"
    run formats_of copy "$copy"
    same_files copy.json "$name.json" "$name: inspecting that gives the same JSON"
    same_files copy.sql "$name.sql" "$name: and the same SQL"
    check_models "$name" json "$url"
    [ "$name" = partitions ] || check_models "$name" sql "$url"
}

# What the tests of lost rows share; to be sourced behind tap.sh and the server's own helpers. Expects newdb NAME,
# sql DATABASE SQL, fill DATABASE TABLE N (a table with the column id, and others that have defaults), facts DATABASE,
# and $FIXTURE, SQL of a whole schema.
lost_project() { # NAME [SETTINGS]
    URL=$(newdb "$1")
    new_project "$1"
    printf '[migrate]\nscript_location = migrations\nurl = %s\nmodels = migrations/models.json\n%s\n' "$URL" "${2:-}" >migrate.ini
}
revise() { migrate revision --autogenerate -m "$1" --rev-id "$1" "${@:2}" 2>"$WORK/.log" >"$WORK/.path" || cat "$WORK/.log"; }
has() { # FILE LINES NAME: these lines, one behind the other
    python3 -c 'import sys; sys.exit(sys.argv[2] not in open(sys.argv[1]).read())' "$1" "$2" || { sed 's/^/# /' "$1"; false; }
    ok "$3"
}

lost_rows() {
    lost_project lost
    model <<'J'
{"tables": [
 {"name": "gone", "columns": [{"name": "id", "type": "Integer", "primary_key": true}, {"name": "n", "type": "Integer"}]},
 {"name": "empty", "columns": [{"name": "id", "type": "Integer", "primary_key": true}]},
 {"name": "kept", "columns": [{"name": "id", "type": "Integer", "primary_key": true}, {"name": "wide", "type": "String(30)"}, {"name": "note", "type": "String(30)", "server_default": "'x'"}]}]}
J
    revise 0001
    has migrations/versions/0001_0001.sql "-- drops table gone: what was written to it since is lost
DROP TABLE gone;" "the way down says what it drops"
    migrate -q upgrade head >/dev/null
    before=$(facts lost)
    fill lost gone 12345
    fill lost kept 3
    model <<'J'
{"tables": [
 {"name": "held", "renamed_from": "kept", "columns": [{"name": "id", "type": "Integer", "primary_key": true}, {"name": "wide", "type": "String(10)"}, {"name": "later", "type": "Integer"}]}]}
J
    run migrate check
    prints "drop table gone, about 12,300 rows" "check reports the rows of a table"
    prints "drop column held.note, about 3 rows" "and those of a column, by the name the table has yet"
    case $out in *"drop table empty"$'\n'*) true ;; *) explain; false ;; esac
    ok "an empty table has none to report"
    run migrate diff --json
    same "$(printf '%s' "$out" | jq -c '[.operations[] | select(.op == "drop_table" or .op == "drop_column") | [.op, .table_name, .rows, .estimated]] | sort')" \
        '[["drop_column","held",3,true],["drop_table","empty",0,true],["drop_table","gone",12345,true]]' "JSON has the number"
    run migrate diff
    prints "-- drops table gone with about 12,300 rows: they are lost, and the downgrade cannot bring them back
DROP TABLE gone;" "diff says it above the statement"
    revise 0002
    logged() { grep -qF "$1" "$WORK/.log" || { sed 's/^/# /' "$WORK/.log"; false; }; ok "$2"; }
    logged "drop table gone, about 12,300 rows; its data is lost" "revision logs it"
    file=migrations/versions/0002_0002.sql
    has $file "-- drops table gone with about 12,300 rows: they are lost, and the downgrade cannot bring them back
DROP TABLE gone;" "and writes it"
    has $file "-- the rows of gone do not come back
CREATE TABLE gone (" "the way down says what does not come back"
    grep -qF -- "-- drops column held.note, in a table with about 3 rows: its values are lost, and the downgrade cannot bring them back" $file
    ok "a column, too"
    grep -qF -- "-- the values of held.note do not come back" $file
    ok "on both ways"
    grep -qF -- "-- drops column held.later: what was written to it since is lost" $file
    ok "and one that is new"
    migrate -q upgrade head >/dev/null
    # what a person makes of the comments is no matter of the history
    sed -i '/^-- drops/d' $file
    run migrate upgrade head
    exits 0 "comments are no part of what was applied"
    migrate -q downgrade -1 >/dev/null
    same "$(facts lost)" "$before" "the downgrade brings back the full former definition"
    rm $file
    revise 0002 --format ops
    file=migrations/versions/0002_0002.json
    grep -qF '// drops table gone' $file && grep -qF '// the rows of gone do not come back' $file &&
        grep -qF '// the values of held.note do not come back' $file
    ok "operations have the same lines"
    run migrate upgrade head
    exits 0 "and run"
    run migrate downgrade -1
    exits 0 "both ways"
    same "$(facts lost)" "$before" "with the former definition"
}

many_rows() { # a table with 150,000 rows that the model has no more
    lost_project many
    model <<'J'
{"tables": [{"name": "big", "columns": [{"name": "id", "type": "Integer", "primary_key": true}]}]}
J
    revise 0001
    migrate -q upgrade head >/dev/null
    fill many big 150000
    echo '{"tables": []}' >migrations/models.json
}

everything_comes_back() { # NAME: the whole of $FIXTURE is dropped, and is there again
    lost_project "$1"
    { printf -- '-- migrate:up\n'; cat "$FIXTURE"; printf '\n-- migrate:down irreversible:"a fixture"\n'; } | revision_file 0001 "" "$1"
    migrate -q upgrade head >/dev/null
    before=$(facts "$1")
    echo '{"tables": []}' >migrations/models.json
    revise 0002
    run migrate -q upgrade head
    exits 0 "$1: all of it is dropped"
    run migrate -q downgrade -1
    exits 0 "$1: and comes back"
    same "$(facts "$1")" "$before" "$1: with its full former definition"
}

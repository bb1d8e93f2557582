# Values of an enum that rows hold are renamed, up and down; to be sourced behind an engine's own tap file. The test says
# what newdb NAME and run_sql NAME (SQL on stdin, as the engine's own client shows rows) are.
enum_model() { # VALUES CHECKED DEFAULT [MORE]
    cat <<JSON
{"enums": [{"name": "state", "values": [$1]${4:+, $4}}],
 "tables": [
  {"name": "jobs", "columns": [
    {"name": "id", "type": "Integer", "primary_key": true},
    {"name": "state", "type": "Enum(state)", "nullable": false, "server_default": "'$3'"},
    {"name": "former", "type": "Enum(state)"},
    {"name": "note", "type": "String(60)"}],
   "indexes": [{"name": "ix_state", "columns": ["state"]}],
   "check_constraints": [{"name": "ck_done", "expression": "state <> '$2' OR note <> ''"}]}],
 "objects": [{"kind": "view", "name": "done", "definition": "CREATE VIEW done AS SELECT id FROM jobs WHERE state = '$2'", "depends_on": ["jobs"]}]}
JSON
}
job_rows() { run_sql "$name" <<<"SELECT id, state, former, note FROM jobs ORDER BY id"; }
done_rows() { run_sql "$name" <<<"SELECT id FROM done ORDER BY id"; }
renamed_in() { sed "s/|$1|/|$2|/; s/|$1|/|$2|/"; }
# A project whose jobs hold every value.
jobs_project() { # NAME
    name=$1
    new_project "$name"
    url=$(newdb "$name")
    printf '[migrate]\nscript_location = %%(here)s/migrations\nurl = %s\nmodels = models.json\n%s\n' "$url" "${SETTINGS:-}" >migrate.ini
    enum_model "\"new\", \"done\", \"$OFF\"" done new >models.json
    run migrate revision --autogenerate -m first --rev-id 0001
    exits 0 "$name: the former model"
    run migrate upgrade head
    exits 0 "$name: is applied"
    [ "$status" = 0 ] || explain
    run_sql "$name" <<<"INSERT INTO jobs (id, state, former, note) VALUES (1, 'new', NULL, 'a'), (2, 'done', 'new', 'it''s done'), (3, 'it''s off', 'done', ''), (4, 'done', 'it''s off', 'done')"
    rows=$(job_rows) of_view=$(done_rows)
}
later_model() { enum_model "$@" >models.json; }
OFF="it's off"
moves_there_and_back() { # EXPECTED ROWS [FLAGS…]
    local expected=$1
    shift
    run migrate revision --autogenerate -m renamed --rev-id 0002 "$@"
    exits 0 "$name: a revision"
    [ "$status" = 0 ] || explain
    run migrate upgrade head
    exits 0 "$name: up"
    [ "$status" = 0 ] || { explain; cat migrations/versions/0002*; }
    same "$(job_rows)" "$expected" "$name: the rows hold the new values"
    same "$(done_rows)" "$of_view" "$name: and the view finds them"
    run migrate check
    exits 0 "$name: check finds nothing"
    [ "$status" = 0 ] || explain
    run migrate downgrade 0001
    exits 0 "$name: down"
    [ "$status" = 0 ] || { explain; cat migrations/versions/0002*; }
    same "$(job_rows)" "$rows" "$name: the rows hold the former values"
    same "$(done_rows)" "$of_view" "$name: and the view finds them"
    run migrate upgrade head
    exits 0 "$name: up again"
    same "$(job_rows)" "$expected" "$name: with the same rows"
}
renamed_values() {
    for SETTINGS in "" "revision_format = ops"; do
        jobs_project "model${SETTINGS:+_ops}"
        later_model "\"new\", \"finished\", \"$OFF\"" finished new '"renamed_values": {"done": "finished"}'
        moves_there_and_back "$(printf '%s\n' "$rows" | sed 's/^\([0-9]*\)|done|/\1|finished|/; s/|done|\([^|]*\)$/|finished|\1/')"
    done
    SETTINGS=
    jobs_project flag
    later_model "\"open\", \"finished\", \"never\", \"$OFF\"" finished open
    moves_there_and_back "$(printf '%s\n' "$rows" | sed 's/^\([0-9]*\)|done|/\1|finished|/; s/|done|\([^|]*\)$/|finished|\1/; s/^\([0-9]*\)|new|/\1|open|/; s/|new|\([^|]*\)$/|open|\1/')" \
        --rename state.done:finished --rename state.new:open
    jobs_project chain # each takes the name of the next
    later_model "\"done\", \"$OFF\", \"really off\"" "it''s off" done "\"renamed_values\": {\"new\": \"done\", \"done\": \"$OFF\", \"$OFF\": \"really off\"}"
    moves_there_and_back "$(printf '%s\n' "$rows" | sed "s/|it's off|/|really off|/; s/^\([0-9]*\)|done|/\1|it's off|/; s/|done|\([^|]*\)\$/|it's off|\1/; s/^\([0-9]*\)|new|/\1|done|/; s/|new|\([^|]*\)\$/|done|\1/")"
    jobs_project refused # a value that is gone, and rows that hold it
    later_model '"new", "done"' done new
    run migrate revision --autogenerate -m gone
    exits 0 "refused: a value is taken away"
    run migrate upgrade head
    exits 1 "refused: while rows hold it that fails"
    same "$(job_rows)" "$rows" "refused: and the rows are as they were"
}

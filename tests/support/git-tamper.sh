# What the tests of edited files on a server share; to be sourced behind tap.sh, the server's own helpers and git.sh.
# Expects newdb NAME and recorded DATABASE SQL (one value a line).
tampered() {
    local url file second before
    url=$(newdb tampered)
    new_project tampered
    printf '[migrate]\nscript_location = %%(here)s/migrations\nurl = %s\n' "$url" >migrate.ini
    git_init
    revision_file aaaa "" one <<'E1'
-- migrate:up
CREATE TABLE one (n INTEGER);
CREATE TABLE more (n INTEGER);
-- migrate:down
DROP TABLE more;
DROP TABLE one;
E1
    cat >migrations/versions/bbbb.json <<'E1'
{"revision": "bbbb", "down_revision": "aaaa", "message": "two", "upgrade": [
  {"op": "create_table", "table_name": "two", "columns": [{"name": "n", "type": "Integer"}]}],
 "downgrade": [{"op": "drop_table", "table_name": "two"}]}
E1
    revision_file cccc bbbb three <<'E1'
-- migrate:up
CREATE TABLE three (n INTEGER);
-- migrate:down
DROP TABLE three;
E1
    git_commit first >/dev/null
    migrate upgrade bbbb >/dev/null
    run migrate repair aaaa --accept-edit
    exits 1 "a file as it was applied is not accepted"
    before=$(recorded tampered "SELECT revision, direction, state, blob_id, token_hash, down_script, started_at, applied_by FROM migrate_history ORDER BY id")
    file=migrations/versions/aaaa_one.sql
    sed -i 's/one (n INTEGER)/one (n BIGINT)/; s/^DROP TABLE one/DROP TABLE IF EXISTS one/' $file
    sed -i 's/"Integer"/"BigInteger"/' migrations/versions/bbbb.json
    second=$(by "Grace Hopper <grace@example.org>" 2026-03-01T10:00:00Z git_commit second)
    run migrate status
    exits 3 "two edited files are found"
    same "$(printf '%s\n' "$out" | grep -c "edited in ${second:0:8} by Grace Hopper")" 2 "with their author"
    prints "+CREATE TABLE one (n BIGINT);" "and what was edited"
    prints '+  {"op": "create_table", "table_name": "two", "columns": [{"name": "n", "type": "BigInteger"}]}],' "in operations, too"
    run migrate upgrade head
    exits 1 "upgrade refuses them"
    says "Grace Hopper" "with the author"
    run migrate repair aaaa --accept-edit
    exits 0 "the one is accepted"
    run migrate upgrade head
    exits 1 "the other still refused"
    case $err in *"'aaaa'"*) explain; false ;; *) true ;; esac
    ok "alone"
    run migrate repair bbbb --accept-edit
    exits 0 "and accepted"
    same "$(recorded tampered "SELECT revision, direction, state, blob_id, token_hash, down_script, started_at, applied_by FROM migrate_history ORDER BY id" |
        head -n "$(printf '%s\n' "$before" | wc -l)")" "$before" "the rows before stay as they were"
    same "$(recorded tampered "SELECT blob_id FROM migrate_history WHERE direction = 'edit' ORDER BY id")" \
        "$(git hash-object $file)
$(git hash-object migrations/versions/bbbb.json)" "new ones have the files' blob ids, as git says"
    run migrate status
    exits 0 "nothing is edited any more"
    run migrate upgrade head
    exits 0 "upgrade goes on"
    rm migrations/versions/*
    run migrate downgrade base
    exits 0 "down again without the files, by what was accepted"
    [ "$status" = 0 ] || explain
}

# Where DDL commits by itself, a revision can stop in the middle.
half_applied() {
    git_checkout main
    migrate upgrade head >/dev/null
    revision_file dddd cccc four <<'E1'
-- migrate:up
CREATE TABLE four (n INTEGER);
INSERT INTO nope VALUES (1);
E1
    run migrate upgrade head
    exits 1 "a revision stops half-way"
    run migrate repair dddd --accept-edit
    exits 1 "it is not for accepting"
    says "interrupted" "which is said"
}

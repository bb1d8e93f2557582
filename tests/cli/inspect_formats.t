#!/usr/bin/env bash
# inspect --format sql and --format json, --models and --output: what is written loads with sqlite3 and as a model, and
# gives the same bytes.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/formats-tap.sh"

newdb() { mkdir -p "$WORK/db" && rm -f "$WORK/db/$1" && : >"$WORK/db/$1" && echo "sqlite:///$WORK/db/$1"; }
client() { sqlite3 -batch -bail "$WORK/db/$1" <"$2"; }
# In sqlite3's own words, by its PRAGMAs: definitions are written anew, so their texts may differ. The row id is never
# NULL, said or not.
facts() {
    local table
    sqlite3 -batch "$WORK/db/$1" "SELECT type, name, tbl_name FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND tbl_name NOT IN (SELECT name FROM pragma_table_list WHERE type IN ('virtual', 'shadow')) ORDER BY 1, 2"
    sqlite3 -batch "$WORK/db/$1" "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1" | while read -r table; do
        sqlite3 -batch "$WORK/db/$1" "SELECT '$table', cid, name, replace(type, ' ', ''), \"notnull\" OR (pk AND lower(type) = 'integer'), CASE WHEN dflt_value LIKE '(%)' THEN substr(dflt_value, 2, length(dflt_value) - 2) ELSE dflt_value END, pk, hidden FROM pragma_table_xinfo('$table')" \
            "SELECT '$table', \"table\", \"from\", \"to\", on_update, on_delete FROM pragma_foreign_key_list('$table') ORDER BY 2, 3" \
            "SELECT '$table', l.\"unique\", l.origin, l.partial, i.* FROM pragma_index_list('$table') l, pragma_index_xinfo(l.name) i ORDER BY CASE WHEN l.name LIKE 'sqlite%' THEN '' ELSE l.name END, 2, 3, i.seqno, i.cid, i.name" |
            tr A-Z a-z
    done
}
settings() { :; }
for name in chinook sakila; do
    check_formats "$name" "$ROOT/tests/fixtures/$name.sql"
done
for side in A B; do
    side_of_pairs sqlite $side >"$WORK/$side.sql"
    check_formats "pairs_$side" "$WORK/$side.sql"
done

cd "$WORK" && newdb young >/dev/null && newdb old >/dev/null
cat >young.sql <<'END'
CREATE TABLE a (id integer PRIMARY KEY, b_id integer REFERENCES b (id), UNIQUE (b_id), CONSTRAINT ck CHECK (id > 0));
CREATE TABLE b (id integer PRIMARY KEY, a_id integer REFERENCES a (id));
CREATE INDEX ix_b ON b (a_id);
CREATE VIEW v AS SELECT id FROM a;
CREATE VIEW first AS SELECT id FROM v;
CREATE TRIGGER tr AFTER INSERT ON a BEGIN UPDATE b SET a_id = 1; DELETE FROM b; END;
END
{ sed -n 2,3p young.sql; sed -n 1p young.sql | sed 's/UNIQUE (b_id), \(.*\));/\1, UNIQUE (b_id));/'; sed -n '4,$p' young.sql; } >old.sql
client young young.sql && client old old.sql
ok "the same schema, made in two orders"
same "$(migrate inspect --format sql --url sqlite:///db/old)" "$(migrate inspect --format sql --url sqlite:///db/young)" "gives the same SQL"
same "$(migrate inspect --url sqlite:///db/old)" "$(migrate inspect --url sqlite:///db/young)" "and the same JSON"
run migrate inspect --format sql --url sqlite:///db/young
same "$out" '-- Schema for sqlite, written by migrate (inspect --format sql).

CREATE TABLE b (
    id INTEGER NOT NULL,
    a_id INTEGER,
    PRIMARY KEY (id),
    FOREIGN KEY (a_id) REFERENCES a (id)
);

CREATE INDEX ix_b ON b (a_id);

CREATE TABLE a (
    id INTEGER NOT NULL,
    b_id INTEGER,
    PRIMARY KEY (id),
    UNIQUE (b_id),
    FOREIGN KEY (b_id) REFERENCES b (id),
    CONSTRAINT ck CHECK (id > 0)
);

CREATE VIEW v AS SELECT id FROM a;

CREATE VIEW first AS SELECT id FROM v;

CREATE TRIGGER tr AFTER INSERT ON a BEGIN UPDATE b SET a_id = 1; DELETE FROM b; END;' "what others need comes first, a line for each column"
run migrate inspect --format sql --url sqlite:///db/young 'b*'
prints "CREATE TABLE b (" "a pattern chooses"
case $out in *"TABLE a"*) false ;; esac; ok "and leaves the others out"
run migrate inspect --format sql --url sqlite:///db/young --output folder/schema.sql
exits 0 "--output"
silent "prints nothing"
same "$(cat folder/schema.sql)" "$(migrate inspect --format sql --url sqlite:///db/young)" "the file has it all, in a folder that is made"
run migrate inspect --format sql --url sqlite:///db/young --json
same "$(printf '%s' "$out" | python3 -c 'import json, sys; print(json.load(sys.stdin)["sql"], end="")')" "$(cat folder/schema.sql)" "--json: one document with the script in it"
run migrate inspect --format yaml --url sqlite:///db/young
exits 2 "a format that there is not"

newdb gone >/dev/null && rm db/gone
printf '[migrate]\nurl = sqlite:///db/gone\nmodels = folder/schema.sql\n' >migrate.ini
run migrate inspect --models --format sql
exits 0 "--models"
same "$out" "$(cat folder/schema.sql)" "prints the model"
[ ! -e db/gone ]; ok "without a database"
run migrate inspect
exits 1 "without --models there must be one"
finish

#!/usr/bin/env bash
# Templates: each one as somebody new uses it, a person's own, and the skeleton of new revisions.
. "$(dirname "$0")/../support/tap.sh"
unset MIGRATE_TEMPLATES

run migrate list_templates
exits 0 "list_templates"
same "$(cut -f1 <<<"$out" | tr '\n' ' ')" "generic sql ops " "names the templates"
run migrate list_templates --json
same "$(python3 -c 'import json, sys
for t in json.load(sys.stdin): print(t["name"], bool(t["summary"]), t["folder"])' <<<"$out")" "generic True None
sql True None
ops True None" "so does --json"

# A person's first hour, in a folder with a space in its name.
write_model() { # TEMPLATE
    case $1 in
    sql) echo "CREATE TABLE customers (id INTEGER NOT NULL, name VARCHAR(200) NOT NULL, CONSTRAINT pk PRIMARY KEY (id));
CREATE INDEX ix_name ON customers (name);" >db/schema.sql ;;
    *) echo '{"tables": [{"name": "customers", "columns": [{"name": "id", "type": "Integer", "primary_key": true},
  {"name": "name", "type": "String(200)", "nullable": false, "index": true}]}]}' >db/models.json ;;
    esac
}
for template in generic sql ops; do
    mkdir -p "$WORK/first steps/$template" && cd "$WORK/first steps/$template" || exit 1
    run migrate init -t "$template" --url sqlite:///app.db db
    exits 0 "$template: init"
    same "$(find . -type f | sort)" "$(printf '%s\n' ./migrate.ini ./db/README ./db/versions/.gitkeep \
        "./db/$([ "$template" = sql ] && echo schema.sql || echo models.json)" | sort)" "$template: its files"
    run migrate check
    exits 0 "$template: the model is valid and empty"
    write_model "$template"
    run migrate check
    exits 3 "$template: check finds the new table"
    run migrate revision --autogenerate -m "create customers" --rev-id 0001
    exits 0 "$template: revision --autogenerate"
    same "$out" "$PWD/db/versions/0001_create_customers.$([ "$template" = ops ] && echo json || echo sql)" "$template: its file"
    run migrate revision -m "by hand" --rev-id 0002
    exits 0 "$template: an empty revision"
    run migrate upgrade head
    exits 0 "$template: upgrade"
    run migrate check
    exits 0 "$template: check finds nothing"
    same "$(sqlite3 app.db "SELECT name FROM sqlite_schema WHERE tbl_name = 'customers' AND type = 'index'")" \
        "$([ "$template" = sql ] && echo ix_name || echo ix_customers_name)" "$template: the index is there"
    run migrate downgrade base
    exits 0 "$template: downgrade"
    same "$(fingerprint app.db)" "" "$template: nothing is left"
    before=$(find . -type f -exec cat {} + | cksum)
    run migrate init -t "$template" db
    exits 1 "$template: a second init"
    says "nothing was written" "$template: says so"
    same "$(find . -type f -exec cat {} + | cksum)" "$before" "$template: and writes nothing"
done

mkdir "$WORK/server" && cd "$WORK/server" || exit 1
run migrate init -t sql --url postgresql://me@192.0.2.1/shop
exits 0 "the sql template for a server"
case $err in *warning*) false ;; esac; ok "is written without a warning"
mkdir "$WORK/server too" && cd "$WORK/server too" || exit 1
run migrate init -t generic --url mysql://me@192.0.2.1/shop
case $err in *warning*) false ;; esac; ok "the generic one without"
mkdir "$WORK/other" && cd "$WORK/other" || exit 1
echo precious >notes.txt
run migrate init -t generc
exits 2 "an unknown template"
says "did you mean 'generic'" "is told the nearest name"
run migrate init -t mine
exits 2 "another one"
says "list_templates" "is told where to look"
for name in async multidb pyproject; do
    run migrate init -t $name
    exits 2 "Alembic's template $name"
    says "'generic' does" "is told what does"
done
run migrate init -t ./nowhere
exits 1 "a folder that is not there"
says "nowhere' cannot be read" "is named"
mkdir empty
run migrate init -t ./empty
exits 1 "an empty folder"
run migrate init -t .
exits 2 "the project itself"
run migrate init -t ..
exits 2 "what is around it"
same "$(find . -type f)" ./notes.txt "nothing was written"
run migrate init
exits 0 "init beside other files"
same "$(cat notes.txt)" precious "leaves them alone"

# A person's own.
mkdir -p "$WORK/templates/company/versions" "$WORK/templates/generic" "$WORK/templates/plain/hooks" && cd "$WORK/templates" || exit 1
printf '\n# Company rules: reviewed SQL with a ticket\n\nmore\n' >company/README.md
cat >company/migrate.ini <<'I'
; of @MODELS@
[migrate]
script_location = @SCRIPT_LOCATION@
url = @URL@
models = @MODELS@
@REVISION_FORMAT@
version_table = company_version
I
echo "CREATE TABLE audit (id INTEGER NOT NULL PRIMARY KEY);" >company/schema.sql
printf -- '-- Message: audit\n-- Revision: 0001\n-- Revises:\n\n-- migrate:up\nCREATE TABLE audit (id INTEGER NOT NULL PRIMARY KEY);\n\n-- migrate:down\nDROP TABLE audit;\n' >company/versions/0001_audit.sql
printf '\0\1@URL@\377' >company/logo.png
cat >company/script.sql <<'S'
@HEADER@
-- Ticket: 
-- How long does it take on production?

@UPGRADE@

-- migrate:up transaction:false dialect:postgresql
-- what refuses transactions

@DOWNGRADE@
S
echo "generic of this company" >generic/README
printf '#!/bin/sh\necho "-- formatted" >>"$1"\n' >plain/hooks/format.sh
chmod +x plain/hooks/format.sh
: >'plain/hooks/format.sh~'
mkdir plain/.git && : >plain/.git/config
echo "me@example.com @WORD@" >plain/CONTACT
export MIGRATE_TEMPLATES=$WORK/templates
run migrate list_templates
exits 0 "list_templates with own ones"
same "$out" "sql	SQL revisions, the model as schema.sql	
ops	$(MIGRATE_TEMPLATES='' "$MIGRATE" list_templates | sed -n 's/^ops\t//p')
company	Company rules: reviewed SQL with a ticket	$WORK/templates/company
generic	generic of this company	$WORK/templates/generic
plain		$WORK/templates/plain" "lists all, the own ones hide others"
mkdir "$WORK/an app" && cd "$WORK/an app" || exit 1
run migrate init -t compny
says "did you mean 'company'" "own ones are found by a near name"
run migrate init -t company --url sqlite:///app.db "my schema"
exits 0 "init from an own template"
same "$(find . -type f | sort)" "./migrate.ini
./my schema/README.md
./my schema/logo.png
./my schema/schema.sql
./my schema/script.sql
./my schema/versions/0001_audit.sql" "its files"
cmp -s "$MIGRATE_TEMPLATES/company/logo.png" "my schema/logo.png"; ok "what is no text is left as it is"
run migrate upgrade head
exits 0 "its revision runs"
run migrate check
exits 0 "and makes what its model says"
same "$(sqlite3 app.db "SELECT version_num FROM company_version")" 0001 "by its settings"
run migrate revision -m "second one" --rev-id 0002
exits 0 "a revision from its skeleton"
same "$(sed 's/^-- Created: .*/-- Created: now/' "$out")" "-- Message: second one
-- Revision: 0002
-- Revises: 0001
-- Created: now
-- Ticket: 
-- How long does it take on production?

-- migrate:up

-- migrate:up transaction:false dialect:postgresql
-- what refuses transactions

-- migrate:down" "is what it says"
run migrate upgrade head
exits 0 "and runs"
echo "CREATE TABLE b (x INTEGER NOT NULL);" >>"my schema/schema.sql"
run migrate revision --autogenerate -m "third" --rev-id 0003 --branch-label x
exits 0 "an autogenerated one"
grep -q "Ticket:" "$out" && grep -q "CREATE TABLE b" "$out" && grep -q "DROP TABLE b" "$out" && grep -q "^-- Branch-Labels: x" "$out"; ok "has its parts, too"
run migrate upgrade head
exits 0 "and runs"
run migrate check
exits 0 "to the model"
run migrate downgrade base
exits 0 "and back"

# Skeletons that are none.
script="my schema/script.sql"
refused() { # NAME WORDS: the skeleton is on stdin
    cat >"$script"
    run migrate revision -m refused --rev-id ffff
    exits 1 "a skeleton $1"
    says "$2" "says so"
    [ -z "$(find . -name '*ffff*')" ]; ok "and writes nothing"
}
refused "without its place" "the line @DOWNGRADE@ has to stand in it once, alone, not never" <<<$'@HEADER@\n@UPGRADE@'
refused "with a place twice" "@UPGRADE@ has to stand in it once, alone, not several times" <<<$'@HEADER@\n@UPGRADE@\n@UPGRADE@\n@DOWNGRADE@'
refused "with SQL in the header" "the revision would not be one" <<<$'@HEADER@\nSELECT 1;\n@UPGRADE@\n@DOWNGRADE@'
refused "with a header of its own" "script.sql" <<<$'@HEADER@\n-- Depends-On: 0001\n@UPGRADE@\n@DOWNGRADE@'
rm "$script"
echo '// Ticket:
@REVISION@' >"my schema/script.json"
run migrate revision --format ops -m "in JSON" --rev-id 0004
exits 0 "the skeleton of operations"
same "$(head -2 "$out")" "// Ticket:
{" "is around them"
run migrate upgrade head
exits 0 "and runs"
echo '{"a": @REVISION@}' >"my schema/script.json"
run migrate revision --format ops -m "in JSON" --rev-id 0005
exits 1 "one that holds more"
says "@REVISION@" "says so"
echo '@REVISION@
{}' >"my schema/script.json"
run migrate revision --format ops -m "in JSON" --rev-id 0005
exits 1 "one with a second value"
says "only comments" "says so"

mkdir "$WORK/plain" && cd "$WORK/plain" || exit 1
run migrate init -t "$MIGRATE_TEMPLATES/plain"
exits 0 "init from a folder"
same "$(find . -type f | sort)" "./migrate.ini
./migrations/CONTACT
./migrations/hooks/format.sh
./migrations/models.json
./migrations/versions/.gitkeep" "what it has not is that of generic; no .git, no backups"
[ -x migrations/hooks/format.sh ]; ok "a program stays one"
same "$(cat migrations/CONTACT)" "me@example.com @WORD@" "what is no placeholder stays"
run migrate check
exits 0 "check"
echo "url = @URLS@" >"$MIGRATE_TEMPLATES/plain/migrate.ini"
mkdir "$WORK/plain2" && cd "$WORK/plain2" || exit 1
run migrate init -t plain
exits 2 "a placeholder that is none"
says "'@URLS@', did you mean '@URL@'" "is named"
same "$(find . -type f)" "" "and nothing is written"
echo '@REVISION@' >"$MIGRATE_TEMPLATES/generic/script.json"
run migrate init
exits 0 "an own generic is the default one"
grep -q '^revision_format = ops' migrate.ini; ok "script.json alone wants operations"
MIGRATE_TEMPLATES=/nowhere run migrate list_templates
exits 1 "a folder of templates that is not there"
says "'/nowhere' cannot be read" "is named"
finish

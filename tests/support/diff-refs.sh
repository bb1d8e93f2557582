# diff REF1..REF2 with models in SQL, on a server: behind tap.sh, git.sh and the server's, with URL and scratch_left.
new_project project
printf '[migrate]\nscript_location = migrations\nurl = %s\nmodels = schema.sql\n' "$URL" >migrate.ini
git_init >/dev/null
echo "CREATE TABLE a (id integer PRIMARY KEY); CREATE VIEW v AS SELECT id FROM a;" >schema.sql
git_commit one >/dev/null && git_tag v1 >/dev/null
echo "CREATE TABLE a (id integer PRIMARY KEY, n integer); CREATE TABLE b (id integer); CREATE VIEW v AS SELECT id, n FROM a;" >schema.sql
git_commit two >/dev/null && git_tag v2 >/dev/null
echo "CREATE TABLE a (id integer PRIMARY KEY, missing_type nonsense_type);" >schema.sql
git_commit three >/dev/null && git_tag v3 >/dev/null
run migrate diff v1..v2 --format ops
exits 3 "models in SQL, in scratch databases"
prints "column a.n" "a column"
prints "table b" "a table"
prints "view v" "and a view are found"
run migrate diff v2..v1 --format ops
exits 3 "and the other way round"
prints "drop table b" "what is no more"
run migrate diff v1..v1
same "$status$out" "0" "a commit is as it is"
run migrate diff v1..v3
exits 1 "a statement that fails"
says "in v3 (" "names the commit"
says "schema.sql:1:" "file and line"
same "$(scratch_left)" "0" "no scratch database is left"
finish

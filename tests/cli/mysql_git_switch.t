#!/usr/bin/env bash
# switch on MariaDB, where DDL is not rolled back: what stays of a statement that fails on the way down or up, is told,
# and is gone on with.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/mysql-tap.sh"
. "$ROOT/tests/support/git.sh"
URL=$(newdb switched)
new_project project
printf '[migrate]\nscript_location = migrations\nurl = %s\n' "$URL" >migrate.ini
git_init >/dev/null
tables() { sql_rows switched "SELECT table_name FROM information_schema.tables WHERE table_schema = 'switched' AND table_name NOT LIKE 'migrate%' ORDER BY 1" | paste -sd' '; }
revision_file 0001 "" base <<'Q'
-- migrate:up
CREATE TABLE a (id integer);
-- migrate:down
DROP TABLE a;
Q
git_commit base >/dev/null
git_switch feature >/dev/null
revision_file 0002 0001 wide <<'Q'
-- migrate:up
CREATE TABLE b (id integer);
CREATE TABLE c (id integer);
-- migrate:down
DROP TABLE c;
INSERT INTO missing VALUES (1);
DROP TABLE b;
Q
revision_file 0003 0002 high <<'Q'
-- migrate:up
CREATE TABLE d (id integer);
-- migrate:down
DROP TABLE d;
Q
git_commit feature >/dev/null
run migrate upgrade head
exits 0 "the branch's revisions are applied"
git_checkout main >/dev/null
revision_file 0005 0001 other <<'Q'
-- migrate:up
CREATE TABLE e (id integer);
INSERT INTO later VALUES (1);
CREATE TABLE f (id integer);
-- migrate:down
DROP TABLE f;
DROP TABLE e;
Q
git_commit other >/dev/null

# --- a statement fails on the way down ---
run migrate switch
exits 1 "a statement fails in the middle of the way down"
says "revision '0002' stays half taken down: 1 of 3 statements are done; '0003' is taken down" "what remains"
says "down script of '0002' in table 'migrate_history':3:1:" "and where it stands"
same "$(tables)" "a b" "what was done before it stays done"
run migrate status --json
same "$status $(jq -c '[.revisions[] | select(.revision == "0002") | .state], .interrupted, .missing' <<<"$out" | paste -sd' ')" '3 ["interrupted"] 1 0' "status: interrupted, not only without a file"
run migrate status
prints "taken down: 1 of 3 statements done; stopped at down script of '0002'" "how far it is"
prints "it is on branch 'feature'" "and where its file lives"
run migrate upgrade head
exits 1 "upgrade does not go over it"
same "$(tables)" "a b" "nothing was changed"
mysql_client switched -e "CREATE TABLE missing (id integer)"

# --- it goes on, and a statement fails on the way up ---
run migrate switch
exits 1 "switch goes on with the second statement; another fails on the way up"
says "revision '0005' stays half applied: 1 of 3 statements are done; '0002' is taken down" "what remains: nothing is said to be applied"
same "$(tables)" "a e missing" "what is there"
same "$(sql_rows switched "SELECT count(*) FROM missing")" "1" "a statement is not repeated"
mysql_client switched -e "CREATE TABLE later (id integer)"
run migrate switch
exits 0 "switch goes on"
prints "upgraded 0005" "with the rest"
same "$(tables)" "a e f later missing" "all of it is there"
run migrate switch
exits 0 "and then there is nothing to do"
prints "nothing to do" "which is said"

# --- half-applied, and gone on with by upgrade, or taken back by downgrade ---
again() { # the same up to the half-applied 0005
    run migrate downgrade 0001
    mysql_client switched -e "DROP TABLE later"
    run migrate switch
    same "$status $(tables)" "1 a e missing" "half-applied once more"
}
again
mysql_client switched -e "CREATE TABLE later (id integer)"
run migrate upgrade head
exits 0 "upgrade goes on, too"
same "$(tables)" "a e f later missing" "all of it is there"
again
run migrate downgrade -1
exits 0 "downgrade takes back what is done"
same "$(tables)" "a missing" "and no more"

# --- two at once, and somebody who may only read ---
mysql_client switched -e "CREATE TABLE later (id integer)"
migrate switch >one.out 2>one.err &
first=$!
migrate switch >two.out 2>two.err
second=$?
wait "$first"
same "$? $second $(cat one.out two.out | grep -c '^upgraded 0005')" "0 0 1" "of two at once one does it"
same "$(sql_rows switched "SELECT count(*) FROM later")" "1" "once"
git_checkout feature >/dev/null
mysql_client -e "CREATE USER reader@'%' IDENTIFIED BY 'x'; GRANT SELECT ON switched.* TO reader@'%'"
run migrate --url "mysql://reader:x@127.0.0.1:$MYPORT/switched" switch
exits 1 "who may only read is refused"
says "denied" "in the server's words"
same "$(tables)" "a e f later missing" "nothing was changed"
run migrate --url "mysql://reader:x@127.0.0.1:$MYPORT/switched" switch --dry-run
exits 0 "but may look"
prints "-- downgrade 0005 other" "at the plan"

# --- a client that is killed in the middle ---
revision_file 0004 0003 slow <<'Q'
-- migrate:up
CREATE TABLE g (id integer);
DO sleep(3);
CREATE TABLE h (id integer);
-- migrate:down
DROP TABLE h;
DROP TABLE g;
Q
"$MIGRATE" switch >killed.out 2>&1 &
killed=$!
for _ in $(seq 100); do case " $(tables) " in *" g "*) break ;; esac; sleep 0.05; done
kill -KILL "$killed"
wait "$killed" 2>/dev/null
same "$(tables | grep -c ' h')" "0" "a client is killed in the middle of the way up"
run migrate switch
exits 0 "the next one waits for its statement, and goes on"
same "$(tables)" "a b c d g h later missing" "all of it is there"
finish

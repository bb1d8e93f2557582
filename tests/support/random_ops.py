#!/usr/bin/python3
"""One random history on three engines, through the real program, judged by their catalogs and rows.

    random_ops.py SEED PGURL PGFOLDER MYURL MYSOCKET     in an empty folder; $MIGRATE is the program

Upgrade at once, one by one and `--sql` into the engine's own client give the same catalog and rows; the three engines
have the same schema in generic types, and the same rows, which are those that the rules say; each step down is what the
step up was, and at base nothing is left.
"""
import decimal
import json
import os
import subprocess
import sys

import sqlalchemy

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import generic_schema  # noqa: E402
import random_history  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MIGRATE = os.environ["MIGRATE"]
failures = []


def fail(what, *details):
    failures.append(what)
    print("#", what)
    for detail in details:
        for line in str(detail).splitlines()[:14]:
            print("#    ", line)


def differ(what, a, b):
    if a == b:
        return
    left, right = set(map(str, a)), set(map(str, b))
    fail(what, *(["- " + line for line in sorted(left - right)] + ["+ " + line for line in sorted(right - left)]))


def own(name):
    return name.startswith(("migrate_", "alembic_", "sqlite_"))


class Engine:
    def __init__(self, name, url, reflected, client, fingerprint):
        self.name, self.url, self.reflected, self.client, self.fingerprint = name, url, reflected, client, fingerprint

    def migrate(self, database, *words, quiet=True):
        command = [MIGRATE, "-q", "-c", "migrate.ini", "--url", self.url % database, *words]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0 and quiet:
            fail("%s: %s: exit %d" % (self.name, " ".join(words), done.returncode), done.stderr)
        return done

    def run_sql(self, database, sql):
        done = subprocess.run(self.client(database), input=sql, capture_output=True, text=True)
        if done.returncode != 0:
            fail("%s: the client does not take --sql" % self.name, done.stderr)

    def catalog(self, database):
        done = subprocess.run(self.client(database), input=self.fingerprint, capture_output=True, text=True, check=True)
        lines = [line for line in done.stdout.splitlines() if "migrate_" not in line]
        return sorted(lines)

    def connect(self, database):
        return sqlalchemy.create_engine(self.reflected % database, poolclass=sqlalchemy.pool.NullPool)

    def generic(self, database):
        lines = set()
        for table in generic_schema.of_database(self.reflected % database):
            if not own(table["name"]):
                lines.add(table["name"])
                generic_schema.lines_of_table(table, lambda *words: lines.add(" ".join(w for w in words if w)))
        return sorted(lines)

    def rows(self, database):
        """Sorted (table, id, column, value), values as all engines have them."""
        found = []
        with self.connect(database).connect() as connection:
            for table in sqlalchemy.inspect(connection).get_table_names():
                if own(table):
                    continue
                for row in connection.exec_driver_sql("SELECT * FROM " + table).mappings():
                    found += [(table, row["id"], name, plain(value)) for name, value in row.items()]
        return sorted(found)


def plain(value):
    if value is None:
        return "NULL"
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).hex()
    if isinstance(value, str) and value.startswith("{"):
        value = json.loads(value)
    if isinstance(value, dict):
        return json.dumps(value)
    if isinstance(value, (bool, int, float, decimal.Decimal)):
        return str(decimal.Decimal(str(int(value) if isinstance(value, bool) else value)).normalize())
    text = str(value)
    try:
        return str(decimal.Decimal(text).normalize())
    except decimal.InvalidOperation:
        return text


def expected_rows(history):
    """What the rules say of columns whose values were given and never changed by SQL or a default."""
    found = set()
    for table in history.tables.values():
        for row in table.rows:
            for name in table.columns:
                value = row.get(name)
                if value is None or value == "changed":
                    continue
                if isinstance(value, dict) and "hex" in value:
                    value = bytes.fromhex(value["hex"])
                found.add((table.name, row["id"], name, plain(value)))
    return found


def new_databases(engine, seed):
    if engine.name == "sqlite":
        for name in os.listdir("."):
            if name.startswith("db_"):
                os.unlink(name)
        return ["db_%s" % use for use in ("once", "steps", "sql")]
    names = ["db_%s" % use for use in ("once", "steps", "sql")]
    with engine.connect("postgres" if engine.name == "postgresql" else "mysql").connect() as connection:
        connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        for name in names:
            force = " WITH (FORCE)" if engine.name == "postgresql" else ""
            connection.exec_driver_sql("DROP DATABASE IF EXISTS %s%s" % (name, force))
            utf = "" if engine.name == "postgresql" else " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
            connection.exec_driver_sql("CREATE DATABASE %s%s" % (name, utf))
    return names


def engines():
    _, _, pg_url, _, my_url, socket = sys.argv
    server = pg_url.rsplit("/", 1)[0] + "/%s"
    my_server = my_url.rstrip("/") + "/%s"

    def text(name):
        with open(os.path.join(ROOT, "tests/support", name)) as file:
            return file.read()
    here = os.getcwd()
    return [
        Engine("sqlite", "sqlite:///" + here + "/%s", "sqlite:///" + here + "/%s",
               lambda d: ["sqlite3", "-batch", "-bail", d],
               "SELECT type, name, tbl_name, replace(sql, char(10), ' ') FROM sqlite_schema WHERE tbl_name NOT LIKE 'migrate%'"
               " AND name NOT LIKE 'sqlite%';"),
        Engine("postgresql", server, server.replace("postgresql:", "postgresql+psycopg2:"),
               lambda d: ["psql", "-qXAt", "-v", "ON_ERROR_STOP=1", server % d], text("fingerprint-postgresql.sql")),
        Engine("mariadb", my_server.replace("mysql:", "mariadb:"), my_server.replace("mysql:", "mysql+pymysql:") + "?charset=utf8mb4",
               lambda d: ["mariadb", "--no-defaults", "-uroot", "-S", socket, "--default-character-set=utf8mb4", "-N",
                          "-B", d], text("fingerprint-mysql.sql")),
    ]


class Run:
    """What a history is on one engine."""

    def __init__(self, engine, ids, seed):
        self.engine, self.ids = engine, ids
        self.once, self.steps, self.sql = new_databases(engine, seed)
        self.up, self.down, self.down_rows = {}, {}, {}

    def upwards(self):
        engine, name = self.engine, self.engine.name
        engine.migrate(self.once, "upgrade", "head")
        for id_ in self.ids:
            self.up[id_] = engine.generic(self.steps)
            if engine.migrate(self.steps, "upgrade", id_).returncode != 0:
                return False
        self.up["head"] = engine.generic(self.steps)
        self.rows = engine.rows(self.steps)
        printed = engine.migrate(self.sql, "upgrade", "head", "--sql")
        engine.run_sql(self.sql, printed.stdout)
        catalog = engine.catalog(self.steps)
        for other in (self.once, self.sql):
            differ("%s: %s is not what one by one gives" % (name, other), engine.catalog(other), catalog)
            differ("%s: %s does not have the rows of one by one" % (name, other), engine.rows(other), self.rows)
        return True

    def downwards(self):
        engine = self.engine
        for id_ in reversed(self.ids):
            if engine.migrate(self.steps, "downgrade", "-1").returncode != 0:
                return
            differ("%s: down below %s is not what it was on the way up" % (engine.name, id_),
                   engine.generic(self.steps), self.up[id_])
            self.down_rows[id_] = engine.rows(self.steps)
        engine.migrate(self.once, "downgrade", "base")
        for database in (self.once, self.steps):
            differ("%s: something is left at base" % engine.name, engine.catalog(database), self.nothing)
        engine.migrate(self.steps, "upgrade", "head")
        differ("%s: up again is something else" % engine.name, engine.generic(self.steps), self.up["head"])

    def all(self):
        self.nothing = self.engine.catalog(self.sql)
        if self.upwards():
            self.downwards()


def main():
    seed = int(sys.argv[1])
    os.makedirs("versions", exist_ok=True)
    with open("migrate.ini", "w") as file:
        file.write("[migrate]\nscript_location = %(here)s\nurl = sqlite:///app.db\n")
    history = random_history.History(seed)
    ids = history.write("versions")
    runs = [Run(engine, ids, seed) for engine in engines()]
    for run in runs:
        run.all()
    first = runs[0]
    if "head" in first.up:
        missing = expected_rows(history) - set(first.rows)
        if missing:
            fail("sqlite: rows that should have survived", *sorted(map(str, missing)))
    for run in runs[1:]:
        if "head" not in run.up or "head" not in first.up:
            continue
        for id_ in ids[1:] + ["head"]:
            differ("%s and sqlite differ before %s" % (run.engine.name, id_), run.up[id_], first.up[id_])
        differ("%s and sqlite have other rows" % run.engine.name, run.rows, first.rows)
        for id_ in run.down_rows:
            differ("%s and sqlite have other rows, down below %s" % (run.engine.name, id_), run.down_rows[id_],
                   first.down_rows.get(id_, []))
    print("# seed %d: %d revisions, %d rows" % (seed, len(ids), len({r[:2] for r in getattr(first, "rows", [])})))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

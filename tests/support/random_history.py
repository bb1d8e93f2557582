"""Random histories of operations and SQL that three engines must agree on, written by hand rules: what a schema may have
is known here, not asked of the program under test. History(seed).write(folder) writes the revision files."""
import copy
import json
import os
import random

# type, what it may become without a loss, values, a default
TYPES = {
    "Integer": ("BigInteger", [1, -7, 2147483647], "5"),
    "SmallInteger": ("Integer", [1, -7, 32767], "3"),
    "BigInteger": (None, [1, 9007199254740993], "8"),
    "String(20)": ("String(40)", ["", "it's", "a\\b \"c\"", "søren; --"], "'abc'"),
    "String(40)": ("String(80)", ["x", "%s ? :n", "two\nlines"], "'none'"),
    "Numeric(10, 2)": ("Numeric(14, 2)", ["1.50", "-99999.25"], "1.50"),
    "Boolean": (None, [True, False], {"default": "true", "sqlite": "1"}),
    "Date": (None, ["1984-12-31"], None),
    "DateTime": (None, ["2026-01-02 03:04:05"], None),
    "Text": (None, ["long", "it''s"], None),
    "LargeBinary": (None, [{"hex": "00ff27"}], None),
    "JSON": (None, [{"a": [1, None]}], None),
    "Float": (None, [1.5, -0.25], "2.5"),
}
INDEXABLE = ("Integer", "SmallInteger", "BigInteger", "String(20)", "String(40)", "Date")


class Table:
    def __init__(self, name, by_sql):
        self.name, self.by_sql = name, by_sql
        self.columns, self.rows = {}, []
        self.uniques, self.checks, self.keys, self.indexes = {}, {}, {}, {}

    def users(self, column):
        """What names a column: (kind, name, its columns)."""
        found = [("unique", n, c) for n, c in self.uniques.items() if column in c]
        found += [("check", n, c) for n, (_, c) in self.checks.items() if column in c]
        found += [("foreignkey", n, [k["column"]]) for n, k in self.keys.items() if k["column"] == column]
        return found + [("index", n, i["columns"]) for n, i in self.indexes.items() if column in i["columns"]]


class History:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.tables, self.enums, self.number = {}, {}, 0
        self.revisions = []
        for index in range(self.random.randint(4, 8)):
            is_sql = index > 0 and self.random.random() < 0.25 and any(t.by_sql for t in self.tables.values())
            self.revisions.append(self.sql_revision() if is_sql else self.ops_revision(index))

    # ---- parts ----

    def name(self, prefix):
        self.number += 1
        return "%s_%d" % (prefix, self.number)

    def maybe(self, chance):
        return self.random.random() < chance

    def pick(self, values):
        values = list(values)
        return self.random.choice(values) if values else None

    def column(self, table):
        type_ = self.pick(TYPES)
        if self.enums and self.maybe(0.15):
            type_ = "Enum(%s)" % self.pick(self.enums)
        column = {"name": self.name("c"), "type": type_}
        default = self.default_of(type_)
        if default is not None and self.maybe(0.6):
            column["server_default"] = default
            column["nullable"] = self.maybe(0.5)
        return column

    def default_of(self, type_):
        if type_.startswith("Enum("):
            return "'%s'" % self.enums[type_[5:-1]][0]
        return TYPES[type_][2] if type_ in TYPES else None

    def value(self, column):
        type_ = column["type"]
        if column.get("nullable", True) and self.maybe(0.2):
            return None
        if type_.startswith("Enum("):
            return self.enums[type_[5:-1]][0]
        values = TYPES[type_][1] if type_ in TYPES else {"S": ["wide"], "N": ["7.25"], "B": [5]}[type_[0]]
        return self.pick(values)

    def unused(self, table, column):
        return column != "id" and not table.users(column)

    def referred(self, table):
        return any(k["table"] == table.name for t in self.tables.values() for k in t.keys.values())

    def table_json(self, table):
        columns = [{"name": "id", "type": "Integer", "primary_key": True, "autoincrement": False}]
        columns += [dict(c) for n, c in table.columns.items()]
        return {
            "op": "create_table", "table_name": table.name, "columns": columns,
            "unique_constraints": [{"name": n, "columns": c} for n, c in table.uniques.items()],
            "check_constraints": [{"name": n, "expression": e} for n, (e, _) in table.checks.items()],
            "foreign_keys": [{"name": n, "columns": [k["column"]], "referred_table": k["table"],
                              "referred_columns": ["id"], "ondelete": k["ondelete"]} for n, k in table.keys.items()],
            "indexes": [{"name": n, "columns": i["columns"], "unique": i["unique"]} for n, i in table.indexes.items()],
        }

    # ---- operations: each gives (ops up, ops down), and changes what is known ----

    def create_table(self):
        table = Table(self.name("t"), self.maybe(0.4))
        for _ in range(self.random.randint(1, 5)):
            column = self.column(table)
            table.columns[column["name"]] = column
        if self.tables and self.maybe(0.5):
            self.add_key(table)
        if self.maybe(0.5):
            self.add_check(table)
        if self.maybe(0.5):
            self.add_index(table)
        self.tables[table.name] = table
        return [self.table_json(table)], [{"op": "drop_table", "table_name": table.name}]

    def add_key(self, table, column=None):
        if column is None:
            column = self.name("c")
            table.columns[column] = {"name": column, "type": "Integer"}
        other = self.pick(self.tables.values())
        name = self.name("fk")
        table.keys[name] = {"column": column, "table": other.name, "ondelete": self.pick(["CASCADE", "SET NULL", None])}
        return name

    def add_check(self, table):
        keys = [k["column"] for k in table.keys.values()]  # MariaDB has no check of what a foreign key sets
        numbers = [n for n, c in table.columns.items() if n not in keys and
                   c["type"] in ("Integer", "BigInteger", "SmallInteger")]
        if not numbers:
            return None
        some = self.random.sample(numbers, min(len(numbers), self.random.randint(1, 2)))
        name = self.name("ck")
        table.checks[name] = (" AND ".join("%s <> 77" % column for column in some), some)
        return name

    def add_index(self, table):
        some = [n for n, c in table.columns.items() if c["type"] in INDEXABLE]
        some = [n for n in some if not any(k["column"] == n for k in table.keys.values())]
        if not some:
            return None
        name = self.name("ix")
        columns = self.random.sample(some, min(len(some), self.random.randint(1, 2)))
        if any(i["columns"] == columns for i in table.indexes.values()) or columns in table.uniques.values():
            return None
        table.indexes[name] = {"columns": columns, "unique": not table.rows and self.maybe(0.2)}
        if table.indexes[name]["unique"]:
            table.indexes[name]["columns"] = columns = columns + ["id"]
        return name

    def drop_table(self, table):
        if self.referred(table):
            return None
        del self.tables[table.name]
        return [{"op": "drop_table", "table_name": table.name}], [self.table_json(table)]

    def rename_table(self, table):
        new = self.name("t")
        old = table.name
        del self.tables[old]
        table.name = new
        self.tables[new] = table
        for other in self.tables.values():
            for key in other.keys.values():
                if key["table"] == old:
                    key["table"] = new
        return ([{"op": "rename_table", "old_table_name": old, "new_table_name": new}],
                [{"op": "rename_table", "old_table_name": new, "new_table_name": old}])

    def add_column(self, table):
        column = self.column(table)
        table.columns[column["name"]] = column
        for row in table.rows:
            row[column["name"]] = "changed" if "server_default" in column else None
        given = dict(column)
        if column["type"] in INDEXABLE and self.maybe(0.2) and "server_default" not in column:
            name = "ix_%s_%s" % (table.name, column["name"])
            table.indexes[name] = {"columns": [column["name"]], "unique": False}
            given["index"] = True
        up = [{"op": "add_column", "table_name": table.name, "column": given}]
        down = [{"op": "drop_column", "table_name": table.name, "column_name": column["name"]}]
        if given.get("index"):
            down = [{"op": "drop_index", "table_name": table.name, "index_name": name}] + down
        return up, down

    def drop_column(self, table):
        name = self.pick(n for n in table.columns if n != "id")
        if name is None or len(table.columns) < 2:
            return None
        users = table.users(name)
        if any(len(columns) > 1 for _, _, columns in users) or (users and (table.by_sql or self.maybe(0.5))):
            return None
        back = self.additions(table, users)
        column = table.columns.pop(name)
        for _, part, _ in users:
            for of in (table.uniques, table.checks, table.keys, table.indexes):
                of.pop(part, None)
        for row in table.rows:
            row.pop(name, None)
        up = {"op": "drop_column", "table_name": table.name, "column_name": name}
        if table.by_sql:
            up["existing"] = dict(column)
        restored = dict(column)
        return [up], [{"op": "add_column", "table_name": table.name, "column": restored, "restores": True}] + back

    def alter_column(self, table):
        name = self.pick(n for n in table.columns if n != "id")
        if name is None:
            return None
        column = table.columns[name]
        before = dict(column)
        up = {"op": "alter_column", "table_name": table.name, "column_name": name}
        down = dict(up)
        wider = TYPES.get(column["type"], (None,))[0]
        is_key = any(k["column"] == name for k in table.keys.values())
        if wider and not is_key and self.maybe(0.5):
            up["type_"], down["type_"] = wider, column["type"]
            column["type"] = wider
        if self.maybe(0.3) and not is_key:
            nullable = column.get("nullable", True)
            if not nullable or all(row.get(name) is not None for row in table.rows):
                up["nullable"], down["nullable"] = not nullable, nullable
                column["nullable"] = not nullable
        if self.maybe(0.4) and not is_key:
            default = None if "server_default" in column else self.default_of(before["type"])
            up["server_default"], down["server_default"] = default, before.get("server_default")
            column.pop("server_default", None)
            if default is not None:
                column["server_default"] = default
        if self.maybe(0.3) or len(up) == 3:
            self.rename_column(table, name, up, down)
        if table.by_sql or self.maybe(0.3):
            self.say_existing(up, before)
            self.say_existing(down, dict(column))
        return [up], [down]

    @staticmethod
    def say_existing(op, column):
        op["existing_type"] = column["type"]
        op["existing_nullable"] = column.get("nullable", True)
        op["existing_server_default"] = column.get("server_default")
        op["existing_comment"], op["existing_autoincrement"] = None, False

    def rename_column(self, table, name, up, down):
        new = self.name("c")
        up["new_column_name"], down["column_name"], down["new_column_name"] = new, new, name
        column = table.columns[name]
        column["name"] = new
        table.columns = {(new if n == name else n): c for n, c in table.columns.items()}
        for columns in list(table.uniques.values()) + [i["columns"] for i in table.indexes.values()]:
            columns[:] = [new if c == name else c for c in columns]
        for key in table.keys.values():
            key["column"] = new if key["column"] == name else key["column"]
        for part, (text, columns) in table.checks.items():
            text = " ".join(new if word == name else word for word in text.split(" "))
            table.checks[part] = (text, [new if c == name else c for c in columns])
        for row in table.rows:
            if name in row:
                row[new] = row.pop(name)

    def additions(self, table, users):
        ops = []
        for kind, name, columns in users:
            columns = list(columns)
            if kind == "unique":
                ops.append({"op": "create_unique_constraint", "constraint_name": name, "table_name": table.name,
                            "columns": columns})
            elif kind == "check":
                ops.append({"op": "create_check_constraint", "constraint_name": name, "table_name": table.name,
                            "condition": table.checks[name][0]})
            elif kind == "foreignkey":
                key = table.keys[name]
                ops.append({"op": "create_foreign_key", "constraint_name": name, "source_table": table.name,
                            "referent_table": key["table"], "local_cols": columns, "remote_cols": ["id"],
                            "ondelete": key["ondelete"]})
            else:
                ops.append({"op": "create_index", "index_name": name, "table_name": table.name, "columns": columns,
                            "unique": table.indexes[name]["unique"]})
        return ops

    def removals(self, table, users):
        return [{"op": "drop_index", "index_name": n, "table_name": table.name} if kind == "index" else
                {"op": "drop_constraint", "constraint_name": n, "table_name": table.name, "type_": kind}
                for kind, n, _ in users]

    def create_part(self, table):
        kind = self.pick(["unique", "check", "foreignkey", "index"])
        if kind == "unique":
            some = [n for n, c in table.columns.items() if c["type"] in INDEXABLE]
            if not some:
                return None
            name = self.name("uq")
            # With the key, since rows may be equal.
            table.uniques[name] = [self.pick(some), "id"]
            # PostgreSQL makes one of two that are the same in a CREATE TABLE.
            others = [c for n, c in table.uniques.items() if n != name]
            if table.uniques[name] in others or any(i["columns"][0] == table.uniques[name][0]
                                                    for i in table.indexes.values()):
                del table.uniques[name]
                return None
        elif kind == "check":
            name = self.add_check(table)
        elif kind == "foreignkey":
            # NULL everywhere, so that it holds.
            some = [n for n, c in table.columns.items() if c["type"] == "Integer" and c.get("nullable", True) and
                    "server_default" not in c and not table.users(n) and all(r.get(n) is None for r in table.rows)]
            name = self.add_key(table, self.pick(some)) if some else None
        else:
            name = self.add_index(table)
        users = [user for column in list(table.columns) + ["id"] for user in table.users(column) if user[1] == name][:1]
        if not users:
            return None
        users = copy.deepcopy(users)
        return self.additions(table, users), self.removals(table, users)

    def drop_part(self, table):
        users = [user for column in table.columns for user in table.users(column)]
        user = self.pick(users)
        if user is None:
            return None
        back = self.additions(table, [user])
        for of in (table.uniques, table.checks, table.keys, table.indexes):
            of.pop(user[1], None)
        return self.removals(table, [user]), back

    def rename_index(self, table):
        old = self.pick(n for n in table.indexes)
        if old is None:
            return None
        new = self.name("ix")
        table.indexes[new] = table.indexes.pop(old)
        if table.by_sql:  # SQLite alone can do it without knowing the index
            table.indexes[old] = table.indexes.pop(new)
            return None
        return ([{"op": "rename_index", "index_name": old, "new_index_name": new, "table_name": table.name}],
                [{"op": "rename_index", "index_name": new, "new_index_name": old, "table_name": table.name}])

    def batch(self, table):
        kinds = [self.add_column, self.drop_column, self.alter_column, self.create_part, self.drop_part]
        ups, downs = [], []
        for _ in range(self.random.randint(1, 4)):
            made = self.pick(kinds)(table)
            if made:
                ups += made[0]
                downs = made[1] + downs
        if not ups:
            return None

        def within(ops):
            for op in ops:
                op.pop("table_name", None)
                op.pop("source_table", None)
            return {"op": "batch_alter_table", "table_name": table.name, "operations": ops,
                    "recreate": self.pick(["auto", "auto", "always"])}
        return [within(ups)], [within(downs)]

    def bulk_insert(self, table):
        rows, ids = [], []
        for _ in range(self.random.randint(1, 4)):
            self.number += 1
            row = {"id": self.number}
            for name, column in table.columns.items():
                if any(k["column"] == name for k in table.keys.values()):
                    continue
                if "server_default" in column and self.maybe(0.3):
                    continue
                row[name] = self.value(column)
            if any(not c.get("nullable", True) and n not in row and "server_default" not in c
                   for n, c in table.columns.items()):
                return None
            rows.append(row)
            ids.append(row["id"])
            # What a default makes of it is for the engines to agree on.
            table.rows.append({n: "changed" if "server_default" in c else None for n, c in table.columns.items()} | row)
        op = {"op": "bulk_insert", "table_name": table.name, "rows": [dict(row) for row in rows]}
        if table.by_sql:
            op["columns"] = [{"name": "id", "type": "Integer"}] + [
                {"name": n, "type": c["type"]} for n, c in table.columns.items() if any(n in row for row in rows)]
        return [op], [{"op": "execute", "sqltext": "DELETE FROM %s WHERE id IN (%s)" % (
            table.name, ", ".join(map(str, ids)))}]

    def execute(self, table):
        name = self.pick(n for n, c in table.columns.items() if c["type"] in ("Integer", "BigInteger") and
                         not any(k["column"] == n for k in table.keys.values()))
        if name is None:
            return None
        for row in table.rows:
            row[name] = "changed" if row.get(name) is not None else None
        return ([{"op": "execute", "sqltext": ["UPDATE %s" % table.name, "SET %s = 12; UPDATE %s SET %s = %s + 1 WHERE id > 0" % (
            name, table.name, name, name)]}], []) if all(r.get(name) is not None for r in table.rows) else None

    def create_enum(self):
        name = self.pick(n for n in ("mood", "color", "kind", "size") if n not in self.enums)
        if name is None:
            return None
        # Of different values: by these alone columns are known where enums are no types.
        self.enums[name] = [name, "cd e", "f"][:self.random.randint(1, 3)]
        return ([{"op": "create_enum", "name": name, "values": list(self.enums[name])}],
                [{"op": "drop_enum", "name": name}])

    def alter_enum(self):
        name = self.pick(self.enums)
        if name is None or any(t.by_sql and c["type"] == "Enum(%s)" % name
                               for t in self.tables.values() for c in t.columns.values()):
            return None
        before = list(self.enums[name])
        self.enums[name] = before + ["v%d" % len(before)]
        return ([{"op": "alter_enum", "name": name, "values": list(self.enums[name])}],
                [{"op": "alter_enum", "name": name, "values": before}])

    # ---- revisions ----

    def operation(self):
        table = self.pick(self.tables.values())
        if table is None or self.maybe(0.15):
            return self.create_table()
        if self.maybe(0.1):
            return self.pick([self.create_enum, self.alter_enum])()
        about = [self.add_column, self.drop_column, self.alter_column, self.alter_column, self.create_part,
                 self.create_part, self.drop_part, self.rename_index, self.batch, self.batch, self.bulk_insert,
                 self.bulk_insert, self.bulk_insert, self.bulk_insert, self.execute]
        if self.maybe(0.1):
            about = [self.rename_table, self.drop_table]
        return self.pick(about)(table)

    def ops_revision(self, index):
        up, down = [], []
        if index == 0:
            for make in (self.create_enum, self.create_table, self.create_table):
                made = copy.deepcopy(make())
                up, down = up + made[0], made[1] + down
        for _ in range(self.random.randint(4, 9)):
            made = self.operation()
            if made:
                made = copy.deepcopy(made)
                up, down = up + made[0], made[1] + down
        return {"upgrade": up, "downgrade": down}

    def sql_revision(self):
        table = self.pick(t for t in self.tables.values() if t.by_sql)
        name = self.name("c")
        table.columns[name] = {"name": name, "type": "Integer", "server_default": "4"}
        for row in table.rows:
            row[name] = "changed"
        up = ["ALTER TABLE %s ADD COLUMN %s INTEGER DEFAULT 4" % (table.name, name)]
        down = ["ALTER TABLE %s DROP COLUMN %s" % (table.name, name)]
        if self.maybe(0.5):
            index = self.name("ix")
            table.indexes[index] = {"columns": [name], "unique": False}
            up.append("CREATE INDEX %s ON %s (%s)" % (index, table.name, name))
            drop = ["-- migrate:down dialect:sqlite,postgresql", "DROP INDEX %s;" % index,
                    "-- migrate:down dialect:mysql", "DROP INDEX %s ON %s;" % (index, table.name)]
        else:
            drop = []
        return "\n".join(["-- migrate:up"] + [text + ";" for text in up] + drop + ["-- migrate:down"] +
                         [text + ";" for text in down])

    def write(self, folder):
        ids = []
        for index, revision in enumerate(self.revisions):
            id_ = "%04d" % (index + 1)
            parent = ids[-1] if ids else None
            path = os.path.join(folder, id_ + "_random." + ("sql" if isinstance(revision, str) else "json"))
            with open(path, "w") as file:
                if isinstance(revision, str):
                    file.write("-- Message: random\n-- Revision: %s\n-- Revises: %s\n\n%s\n" % (id_, parent or "", revision))
                else:
                    json.dump({"revision": id_, "down_revision": parent, "message": "random", **revision}, file, indent=1)
            ids.append(id_)
        return ids

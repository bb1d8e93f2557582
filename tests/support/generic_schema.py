#!/usr/bin/python3
"""A schema in generic types, a sorted line for each fact, for comparing what three engines made of one history.

    generic_schema.py FILE     from a models.json, as `migrate inspect` writes it
    generic_schema.py URL      as SQLAlchemy reflects it, which knows nothing of migrate

What no engine can have in common is left out: comments, names that servers choose, whether a unique key is called
constraint or index, the index that MySQL brings along with a foreign key, what a view says.
"""
import decimal
import json
import re
import sys


def default_of(text):
    if text is None:
        return ""
    text = re.sub(r"::[a-z ]+$", "", text.strip().strip("()"))
    if text.lower() in ("current_timestamp", "now", "current_timestamp()"):
        return "now"
    if re.fullmatch(r"nextval\(.*", text, re.S):
        return ""
    text = {"true": "1", "false": "0"}.get(text.lower(), text)
    try:
        return str(decimal.Decimal(text.strip("'")).normalize())
    except decimal.InvalidOperation:
        return text


def enumeration(values):
    return "one of " + ", ".join(sorted(values))


def lines_of_table(table, add):
    name = table["name"]
    checks = {}
    for check in table["checks"]:
        words = re.findall(r"'([^']*)'", check)
        columns = [column["name"] for column in table["columns"] if re.search(r"\b%s\b" % column["name"], check)]
        if words and len(columns) == 1:
            checks[columns[0]] = enumeration(words)
        elif "json_valid" not in check:
            add(name, "check", re.sub(r"[()`\"\s]", "", re.sub(r"(?i)\band\b", "AND", check)))
    for column in table["columns"]:
        kind = column["type"]
        if column["name"] in checks:
            kind = checks[column["name"]]
        elif kind.startswith("Enum("):
            kind = enumeration(re.findall(r"'([^']*)'", kind))
        kind = {"JSONB": "JSON", "Float": "Double"}.get(kind, kind)
        null = "" if column["nullable"] and column["name"] not in table["primary_key"] else " not null"
        default = default_of(column["default"])
        add(name, "column", column["name"], kind + null + (" default " + default if default else ""))
    add(name, "primary key", *table["primary_key"])
    for key in table["foreign_keys"]:
        add(name, "foreign key", "(%s)" % ", ".join(key["columns"]), "->", key["table"],
            "(%s)" % ", ".join(key["referred"]), key["ondelete"] or "")
    uniques = [index for index in table["indexes"] if index["unique"]]
    for key in sorted({tuple(index["columns"]) for index in uniques}):
        add(name, "unique", *key)
    references = [key["columns"] for key in table["foreign_keys"]]
    for index in table["indexes"]:
        brought = index["columns"] in references and not index["name"].startswith("ix_")
        if not index["unique"] and not brought:
            add(name, "index", index["name"], *index["columns"])


def of_model(path):
    with open(path) as file:
        model = json.load(file)
    for table in model.get("tables", []):
        primary = table.get("primary_key") or {"columns": [c["name"] for c in table["columns"] if c.get("primary_key")]}
        yield {
            "name": table["name"],
            "columns": [
                {"name": c["name"], "type": c["type"], "nullable": c.get("nullable", True),
                 "default": c.get("server_default")} for c in table["columns"]
            ],
            "primary_key": primary["columns"],
            "foreign_keys": [
                {"columns": k["columns"], "table": k["referred_table"], "referred": k["referred_columns"],
                 "ondelete": k.get("ondelete")} for k in table.get("foreign_keys", [])
            ] + [
                {"columns": [c["name"]], "table": c["foreign_key"].split(".")[0],
                 "referred": [c["foreign_key"].split(".")[1]], "ondelete": c.get("ondelete")}
                for c in table["columns"] if "foreign_key" in c
            ],
            "indexes": [
                {"name": i["name"], "columns": i["columns"], "unique": i.get("unique", False)}
                for i in table.get("indexes", [])
            ] + [
                {"name": k.get("name") or "", "columns": k["columns"], "unique": True}
                for k in table.get("unique_constraints", [])
            ],
            "checks": [c["expression"] for c in table.get("check_constraints", [])],
        }


def reflected_type(type_):
    name = type(type_).__name__.upper()
    length = getattr(type_, "length", None)
    if name == "ENUM":
        return "Enum(%s)" % ", ".join("'%s'" % value for value in type_.enums)
    if name == "TINYINT" and type_.display_width == 1:
        return "Boolean"
    if name in ("VARCHAR", "CHAR"):
        return "String(%s)" % length
    if name in ("NUMERIC", "DECIMAL"):
        return "Numeric(%s, %s)" % (type_.precision, type_.scale)
    words = {"INTEGER": "Integer", "BIGINT": "BigInteger", "SMALLINT": "SmallInteger", "BOOLEAN": "Boolean",
             "TEXT": "Text", "LONGTEXT": "JSON", "JSON": "JSON", "JSONB": "JSON", "BLOB": "LargeBinary",
             "BYTEA": "LargeBinary", "DATE": "Date", "TIME": "Time", "DATETIME": "DateTime",
             "TIMESTAMP": "DateTime", "FLOAT": "Double", "DOUBLE": "Double", "DOUBLE_PRECISION": "Double",
             "REAL": "Double"}
    return words.get(name, name)


def of_database(url):
    import sqlalchemy

    inspector = sqlalchemy.inspect(sqlalchemy.create_engine(url))
    for name in inspector.get_table_names():
        uniques = inspector.get_unique_constraints(name)
        yield {
            "name": name,
            "columns": [
                {"name": c["name"], "type": reflected_type(c["type"]), "nullable": c["nullable"],
                 "default": c["default"]} for c in inspector.get_columns(name)
            ],
            "primary_key": inspector.get_pk_constraint(name)["constrained_columns"],
            "foreign_keys": [
                {"columns": k["constrained_columns"], "table": k["referred_table"], "referred": k["referred_columns"],
                 "ondelete": k["options"].get("ondelete")} for k in inspector.get_foreign_keys(name)
            ],
            "indexes": [
                {"name": i["name"], "columns": i["column_names"], "unique": bool(i["unique"])}
                for i in inspector.get_indexes(name)
            ] + [{"name": k["name"] or "", "columns": k["column_names"], "unique": True} for k in uniques],
            "checks": [c["sqltext"] for c in inspector.get_check_constraints(name)],
        }


def main():
    lines = set()
    source = sys.argv[1]
    tables = of_database(source) if "://" in source else of_model(source)
    for table in tables:
        if not table["name"].startswith(("migrate_", "alembic_")):
            lines.add(table["name"])
            lines_of_table(table, lambda *words: lines.add(" ".join(word for word in words if word)))
    print("\n".join(sorted(lines)))


if __name__ == "__main__":
    main()

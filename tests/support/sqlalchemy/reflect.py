"""reflect.py URL [SCHEMA…]: a database in the words of SQLAlchemy's Inspector, a line per fact, without migrate's and
Alembic's own tables."""
import json
import re
import sys

import sqlalchemy as sa

OWN = ("migrate_version", "migrate_history", "alembic_version", "sqlite_sequence")


def words(value):
    return re.sub(r"\s+", " ", str(value)).strip()


def print_table(inspector, schema, table):
    place = "%s.%s" % (schema or "", table)
    for column in inspector.get_columns(table, schema=schema):
        facts = dict(column, type=words(repr(column["type"]) + " " + str(column["type"])))
        print(place, "column", *["%s=%s" % (key, words(facts[key])) for key in sorted(facts)])
    print(place, "primary key", inspector.get_pk_constraint(table, schema=schema))
    lists = {"foreign key": inspector.get_foreign_keys, "unique": inspector.get_unique_constraints,
             "index": inspector.get_indexes, "check": inspector.get_check_constraints}
    for kind in sorted(lists):
        for line in sorted(json.dumps(item, sort_keys=True, default=str) for item in lists[kind](table, schema=schema)):
            print(place, kind, line)
    try:
        print(place, "comment", inspector.get_table_comment(table, schema=schema))
    except NotImplementedError:
        pass
    options = inspector.get_table_options(table, schema=schema)
    print(place, "options", sorted(options.items()))


engine = sa.create_engine(sys.argv[1])
found = sa.inspect(engine)
for name in sys.argv[2:] or [None]:
    for one in sorted(found.get_table_names(schema=name)):
        if one not in OWN:
            print_table(found, name, one)
    if engine.dialect.name == "postgresql":
        print(name, "enums", found.get_enums(schema=name))
        print(name, "sequences", sorted(found.get_sequence_names(schema=name)))

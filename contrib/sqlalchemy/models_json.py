#!/usr/bin/env python3
"""Prints the MetaData of SQLAlchemy models (1.4 or 2.x) as models.json for migrate(1).

    models_json.py app.models:Base
    models_json.py --path src app.models:Base app.billing.tables:metadata app.more_models

Every name, type and expression is written as SQLAlchemy's own compilers for SQLite, PostgreSQL and MySQL say it, so
naming conventions and functions in them are resolved here. What a model file cannot say is an error with its place, or
where it makes no DDL of its own, a note on standard error.
"""

import argparse
import importlib
import json
import os
import re
import sys

import sqlalchemy
from sqlalchemy import exc, schema, types
from sqlalchemy.dialects.mysql import base as mysql
from sqlalchemy.dialects.postgresql import base as postgresql
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.dialects.sqlite import base as sqlite
from sqlalchemy.sql import elements, operators

# Exactly these classes mean the same in both programs.
PLAIN = {name: getattr(types, name) for name in (
    "Integer SmallInteger BigInteger Boolean Text UnicodeText Date JSON").split()}
if hasattr(types, "Double"):
    PLAIN["Double"] = types.Double
if hasattr(types, "Uuid"):
    PLAIN["Uuid"] = types.Uuid


class Problem(Exception):
    """What cannot be said in a model, with its place."""


def note(place, text):
    print("note: %s: %s" % (place, text), file=sys.stderr)


def new_dialects():
    # Named parameters: then no percent sign is doubled in texts.
    found = {"sqlite": sqlite.SQLiteDialect(paramstyle="named"),
             "postgresql": postgresql.PGDialect(paramstyle="named"),
             "mysql": mysql.MySQLDialect(paramstyle="named")}
    # As with standard_conforming_strings, which is on since PostgreSQL 9.1.
    found["postgresql"]._backslash_escapes = False
    return found


DIALECTS = new_dialects()


def per_dialect(values):
    """One value where the dialects agree, else an object with a key per dialect. `values`: by dialect; missing where
    the dialect has no such thing. None when there is none at all."""
    if not values:
        return None
    texts = {name: json.dumps(value, sort_keys=True) for name, value in values.items()}
    if len(set(texts.values())) == 1 and len(values) == len(DIALECTS):
        return next(iter(values.values()))
    return {name: values[name] for name in sorted(values)}


def each_dialect(function, place):
    """What `function` gives for each dialect that can compile it; an error when none can."""
    values, failure = {}, None
    for name, dialect in DIALECTS.items():
        try:
            value = function(dialect)
        except (exc.CompileError, exc.UnsupportedCompilationError, NotImplementedError) as problem:
            failure = problem
            continue
        if value is not None:
            values[name] = value
    if not values and failure is not None:
        raise Problem("%s: %s" % (place, failure))
    return per_dialect(values)


def compile_sql(dialect, expression):
    if isinstance(expression, str):
        return expression
    compiler = dialect.ddl_compiler(dialect, None)
    return compiler.sql_compiler.process(expression, include_table=False, literal_binds=True)


def dialect_names(options_of):
    """The dialect options of a schema item, {"postgresql": {"using": …}}, without what was not given."""
    found = {}
    for key in options_of.dialect_kwargs:
        prefix, _, name = key.partition("_")
        value = options_of.dialect_kwargs[key]
        if value is not None and value is not False and value != {} and value != ():
            found.setdefault(prefix, {})[name] = value
    return found


def take_options(given, known, place, harmless=()):
    """Moves what `known` says, {"mysql": {"engine": "engine"}}, into the model's options; refuses the rest."""
    options = {}
    for dialect in sorted(given):
        for name in sorted(given[dialect]):
            key = "%s_%s" % (dialect, name)
            target = known.get(dialect, {}).get(name)
            if key in harmless:
                note(place, "%s is for creating only and left out" % key)
            elif target is None:
                raise Problem("%s: %s cannot be said in a model" % (place, key))
            else:
                value = given[dialect][name]
                value = target[1](value) if isinstance(target, tuple) else value
                options.setdefault(dialect, {})[target[0] if isinstance(target, tuple) else target] = value
    return options


def text_of(value):
    return value if isinstance(value, (str, int, float, bool)) else str(value)


# ---- names ----


def name_of(item, place):
    """The name that the database will know, the naming convention applied; None for none."""
    if item.name is None:
        return None

    def one(dialect):
        name = dialect.identifier_preparer.format_constraint(item, _alembic_quote=False)
        return str(name) if name is not None else None
    return each_dialect(one, place)


# ---- types ----


def base_type(type_, dialect):
    """The type below decorators and variants, for one dialect."""
    for _ in range(20):
        mapping = getattr(type_, "_variant_mapping", None)
        if type(type_) is types.Interval and not (mapping and dialect.name in mapping):
            # A decorator of its own kind, of DateTime where there is no INTERVAL.
            return type_ if type_.native and dialect.name == "postgresql" else types.DateTime()
        if mapping is None and type(type_).__name__ == "Variant":
            mapping = type_.mapping
            type_ = mapping.get(dialect.name, type_.impl)
        elif mapping and dialect.name in mapping:
            type_ = mapping[dialect.name]
        elif isinstance(type_, types.TypeDecorator):
            type_ = type_.load_dialect_impl(dialect)
        else:
            return type_
    raise Problem("the type %r decorates itself" % (type_,))


def generic_name(type_):
    """The type in the model's generic words, or None."""
    for name, class_ in PLAIN.items():
        if type(type_) is class_:
            own = getattr(type_, "length", None) is None and getattr(type_, "native_uuid", True)
            return name if own else None
    kind = type(type_)
    if kind in (types.String, types.Unicode, types.LargeBinary):
        return kind.__name__ + ("(%d)" % type_.length if type_.length is not None else "")
    if kind in (types.DateTime, types.Time):
        return kind.__name__ + ("(timezone=true)" if type_.timezone else "")
    if kind is types.Numeric and type_.precision is not None:
        scale = ", %d" % type_.scale if type_.scale is not None else ""
        return "Numeric(%d%s)" % (type_.precision, scale)
    if kind is types.Numeric:
        return "Numeric"
    if kind is types.Float:
        return "Float" + ("(%d)" % type_.precision if type_.precision is not None else "")
    if kind is types.Interval:
        return "Interval" + ("(precision=%d)" % type_.second_precision if type_.second_precision else "")
    return None


def quote(text):
    return "'%s'" % text.replace("'", "''")


def enum_name(type_):
    return "%s.%s" % (type_.schema, type_.name) if type_.schema else str(type_.name)


def without_collation(type_):
    """What the column's key "collation" says, and the charset option, are no part of the type."""
    if getattr(type_, "collation", None) is None and getattr(type_, "charset", None) is None:
        return type_
    copy = type_.copy() if hasattr(type_, "copy") else type_.adapt(type(type_))
    copy.collation = None
    if hasattr(copy, "charset"):
        copy.charset = None
    return copy


class Types:
    """Types of columns, and the enums that they name."""

    def __init__(self):
        self.enums = {}

    def add_enum(self, type_, place):
        item = {"name": str(type_.name), "values": [str(value) for value in type_.enums]}
        if type_.schema:
            item["schema"] = type_.schema
        before = self.enums.setdefault(enum_name(type_), item)
        if before != item:
            raise Problem("%s: enum '%s' has other values elsewhere" % (place, type_.name))

    def enum(self, type_, dialect, place):
        if dialect.name == "postgresql" and type_.native_enum:
            if not type_.name:
                raise exc.CompileError("an enum needs a name on PostgreSQL: Enum(…, name=…)")
            self.add_enum(type_, place)
            return "Enum(%s)" % enum_name(type_)
        if dialect.name == "mysql" and type_.native_enum:
            return "Enum(%s)" % ", ".join(quote(str(value)) for value in type_.enums)
        return self.native(types.VARCHAR(type_.length), dialect)

    def native(self, type_, dialect):
        text = without_collation(type_).compile(dialect=dialect)
        # A word in capitals, with numbers: a type of the dialect in its own spelling.
        plain = re.match(r"^[A-Z][A-Z0-9_ ]*(\([0-9, ]*\)[A-Z_ ]*)?$", text)
        return text if plain else "Native(%s)" % quote(text)

    def one(self, type_, dialect, place):
        type_ = base_type(type_, dialect)
        if isinstance(type_, types.NullType):
            raise Problem("%s: the column has no type" % place)
        if isinstance(type_, types.Enum):
            return self.enum(type_, dialect, place)
        if isinstance(type_, types.ARRAY):
            if dialect.name != "postgresql":
                raise exc.CompileError("no arrays")
            return "ARRAY(%s)" % self.one(type_.item_type, dialect, place)
        if dialect.name == "postgresql" and type(type_).__name__ == "DOMAIN":
            note(place, "the domain '%s' is made by no model: say it as an object" % enum_name(type_))
            return "Native(%s)" % quote(enum_name(type_))
        name = generic_name(type_)
        if type(type_) is types.String and type_.length is None and dialect.name == "mysql":
            raise exc.CompileError("VARCHAR requires a length on dialect mysql")
        return name or self.native(type_, dialect)

    def of(self, type_, place):
        return each_dialect(lambda dialect: self.one(type_, dialect, place), place)


# ---- columns ----


def server_default(column, place):
    default = column.server_default
    if default is None or isinstance(default, (schema.Computed, schema.Identity)):
        return None, None
    if not hasattr(default, "arg"):
        note(place, "the server makes the value (%s): nothing is said of it" % type(default).__name__)
        return None, None

    def one(dialect):
        if not isinstance(default.arg, str) and not dialect.supports_sequences and isinstance(
                default.arg, sqlalchemy.sql.functions.next_value):
            raise exc.CompileError("no sequences")
        return dialect.ddl_compiler(dialect, None).get_column_default_string(column)
    values = each_dialect(one, place)
    # MySQL's ON UPDATE is written behind the default; the model has an option for it.
    on_update = None
    if not isinstance(default.arg, str):
        texts = values if isinstance(values, dict) else dict.fromkeys(DIALECTS, values)
        match = re.match(r"^(.*?)\s+ON\s+UPDATE\s+(.*)$", texts.get("mysql", ""), re.I | re.S)
        if match:
            texts["mysql"], on_update = match.groups()
            for other in ("sqlite", "postgresql"):
                texts.pop(other, None)
            if texts["mysql"].upper() == "NULL":
                texts.pop("mysql")
            values = per_dialect(texts)
    return values, on_update


def sequence_options(item):
    found = {}
    for key in ("start", "increment", "minvalue", "maxvalue", "cache", "cycle"):
        value = getattr(item, key, None)
        if value is not None and value is not False:
            found[key] = value
    return found


def counts(column):
    """models.json's autoincrement: None where it needs no word."""
    if not column.primary_key:
        return None
    table = column.table
    if isinstance(column.default, schema.Sequence) and not column.default.optional:
        return False
    if table._autoincrement_column is not column:
        return None if len(table.primary_key) > 1 else False
    if table.dialect_kwargs.get("sqlite_autoincrement"):
        return True
    return True if column.autoincrement is True and len(table.primary_key) > 1 else None


COLUMN_OPTIONS = {"sqlite": {"on_conflict_not_null": "on_conflict_not_null"}}


def column_json(column, all_types):
    place = "%s.%s" % (column.table.fullname, column.name)
    item = {"name": str(column.name), "type": all_types.of(column.type, place)}
    if not column.nullable:
        item["nullable"] = False
    options = take_options(dialect_names(column), COLUMN_OPTIONS, place,
                           ("sqlite_on_conflict_primary_key", "sqlite_on_conflict_unique"))
    default, on_update = server_default(column, place)
    if default is not None:
        item["server_default"] = default
    if on_update:
        options.setdefault("mysql", {})["on_update"] = on_update
    collations = {name: base_type(column.type, dialect).collation for name, dialect in DIALECTS.items()
                  if getattr(base_type(column.type, dialect), "collation", None)}
    if collations:
        item["collation"] = per_dialect(collations)
    charset = getattr(base_type(column.type, DIALECTS["mysql"]), "charset", None)
    if charset:
        options.setdefault("mysql", {})["charset"] = charset
    if column.computed is not None:
        item["computed"] = {"expression": each_dialect(lambda d: compile_sql(d, column.computed.sqltext), place)}
        if column.computed.persisted is not None:
            item["computed"]["persisted"] = column.computed.persisted
    if column.identity is not None:
        item["identity"] = dict(sequence_options(column.identity), always=bool(column.identity.always))
    autoincrement = counts(column)
    if autoincrement is not None:
        item["autoincrement"] = autoincrement
    if column.comment:
        item["comment"] = column.comment
    if options:
        item["options"] = options
    if column.system:
        raise Problem("%s: a system column is the server's own" % place)
    return item


# ---- constraints ----


def common(item, constraint, place, known=None, harmless=()):
    item["name"] = name_of(constraint, place)
    if getattr(constraint, "deferrable", None) is not None:
        item["deferrable"] = bool(constraint.deferrable)
    if getattr(constraint, "initially", None):
        item["initially"] = constraint.initially.upper()
    if getattr(constraint, "comment", None):
        item["comment"] = constraint.comment
    options = take_options(dialect_names(constraint), known or {}, place, harmless)
    if options:
        item["options"] = options
    return item


def made_for(constraint, dialect):
    """Whether SQLAlchemy would create it there: constraints of Enum and Boolean, and ddl_if()."""
    condition = getattr(constraint, "_ddl_if", None)
    if condition is not None:
        names = (condition.dialect,) if isinstance(condition.dialect, str) else condition.dialect
        if condition.callable_ is not None or names is None:
            raise Problem("%s: ddl_if() with a function is known only when it runs" % constraint.table.fullname)
        if dialect.name not in names:
            return False
    rule = getattr(constraint, "_create_rule", None)
    return rule is None or bool(rule(dialect.ddl_compiler(dialect, None)))


def names_of(columns):
    return [str(column.name) for column in columns]


def column_options(constraint, name):
    """SQLite's conflict clause may be said on the column instead."""
    for column in constraint.columns:
        value = column.dialect_kwargs.get("sqlite_on_conflict_" + name)
        if value and len(constraint.columns) == 1:
            return {"options": {"sqlite": {"on_conflict": value}}}
    return {}


KEY_OPTIONS = {"sqlite": {"on_conflict": "on_conflict"},
               "postgresql": {"include": ("include", lambda columns: [getattr(c, "name", c) for c in columns]),
                              "nulls_not_distinct": "nulls_not_distinct"}}


def primary_key_json(table):
    key = table.primary_key
    if len(key.columns) == 0:
        return None
    item = common({}, key, "%s: primary key" % table.fullname, KEY_OPTIONS, ("mssql_clustered",))
    # With AUTOINCREMENT it is written on the column, without its name.
    if table.dialect_kwargs.get("sqlite_autoincrement") and isinstance(item["name"], str):
        item["name"] = {name: item["name"] for name in DIALECTS if name != "sqlite"}
    for name, value in column_options(key, "primary_key").items():
        item.setdefault(name, value)
    item["columns"] = names_of(key.columns)
    return item


def unique_json(constraint, place):
    item = common({}, constraint, place, KEY_OPTIONS)
    for name, value in column_options(constraint, "unique").items():
        item.setdefault(name, value)
    item["columns"] = names_of(constraint.columns)
    return item


def check_json(constraint, place):
    item = common({}, constraint, place, {"postgresql": {"not_valid": "not_valid"}, "sqlite": {}})

    def one(dialect):
        return compile_sql(dialect, constraint.sqltext) if made_for(constraint, dialect) else None
    item["expression"] = each_dialect(one, place)
    # On MySQL and MariaDB a check that is written on a column is another thing, which has the column's name.
    column = getattr(constraint, "parent", None)
    if isinstance(column, schema.Column):
        item.setdefault("options", {})["mysql"] = {"column": str(column.name)}
    return item if item["expression"] is not None else None


def exclude_json(constraint, place):
    item = common({}, constraint, place)
    dialect = DIALECTS["postgresql"]
    text = dialect.ddl_compiler(dialect, None).process(constraint)
    text = text[text.index("EXCLUDE ") + len("EXCLUDE "):]
    text = re.sub(r"(\s+(NOT )?DEFERRABLE)?(\s+INITIALLY \w+)?$", "", text)
    item["expression"] = {"postgresql": text}
    return item


def foreign_key_json(constraint, place):
    item = common({}, constraint, place, {"postgresql": {"not_valid": "not_valid"}})
    item["columns"] = names_of(constraint.columns)
    try:
        item["referred_table"] = constraint.referred_table.name
        item["referred_columns"] = [str(element.column.name) for element in constraint.elements]
        if constraint.referred_table.schema:
            item["referred_schema"] = constraint.referred_table.schema
    except exc.InvalidRequestError as problem:
        raise Problem("%s: %s" % (place, problem))
    for word in ("ondelete", "onupdate", "match"):
        value = getattr(constraint, word, None)
        if value:
            item[word] = value.upper()
    return item


# ---- indexes ----


INDEX_ORDER = {operators.desc_op: ("order", "desc"), operators.asc_op: ("order", "asc"),
               getattr(operators, "nulls_first_op", None): ("nulls", "first"),
               getattr(operators, "nulls_last_op", None): ("nulls", "last")}


def index_column(expression, index, place):
    """A column's name, or an object with what is said of it."""
    item = {}
    operator_class = index.dialect_options["postgresql"].get("ops") or {}
    length = index.dialect_options["mysql"].get("length")
    while isinstance(expression, elements.UnaryExpression) and expression.modifier in INDEX_ORDER:
        key, value = INDEX_ORDER[expression.modifier]
        item[key] = value
        expression = expression.element
    # sa.desc("name") keeps the name as text.
    text = getattr(expression, "element", None)
    if isinstance(text, str) and text in index.table.columns:
        expression = index.table.columns[text]
    label = getattr(expression, "key", None) or getattr(expression, "name", None)
    if isinstance(expression, elements.Label):
        expression = expression.element
    if isinstance(expression, schema.Column):
        item["column"] = str(expression.name)
    elif isinstance(expression, str):
        item["column"] = expression
    else:
        if isinstance(expression, elements.CollationClause) or getattr(
                expression, "operator", None) is operators.collate:
            note(place, "the collation of an index stays a part of its expression")
        item["expression"] = each_dialect(lambda dialect: compile_sql(dialect, expression), place)
    if label in operator_class:
        item["opclass"] = operator_class[label]
    if isinstance(length, int):
        item["length"] = length
    elif length and item.get("column") in length:
        item["length"] = length[item["column"]]
    return item["column"] if list(item) == ["column"] else item


INDEX_OPTIONS = {"postgresql": {"with": "with", "tablespace": "tablespace", "nulls_not_distinct": "nulls_not_distinct"},
                 "mysql": {"prefix": "prefix", "with_parser": "with_parser"}}


def index_json(index, place):
    given = dialect_names(index)
    item = {"name": name_of(index, place)}
    item["columns"] = [index_column(expression, index, place) for expression in index.expressions]
    if index.unique:
        item["unique"] = True
    where, using = {}, {}
    for dialect in list(given):
        options = given[dialect]
        for key, into in (("where", where), ("using", using)):
            if key in options:
                value = options.pop(key)
                into[dialect] = compile_sql(DIALECTS[dialect], value) if key == "where" else str(value)
        for key in ("ops", "length"):
            options.pop(key, None)
        include = options.pop("include", None)
        if include:
            item["include"] = [str(getattr(column, "name", column)) for column in include]
    if where:
        item["where"] = per_dialect(where)
    if using:
        item["using"] = per_dialect(using)
    options = take_options(given, INDEX_OPTIONS, place, ("postgresql_concurrently",))
    if options:
        item["options"] = options
    return item


# ---- tables ----


TABLE_OPTIONS = {
    "mysql": {"engine": "engine", "charset": "charset", "default_charset": "charset", "collate": "collate",
              "default_collate": "collate", "row_format": "row_format", "key_block_size": "key_block_size",
              "partition_by": "partition_by"},
    "mariadb": {"engine": "engine", "charset": "charset", "default_charset": "charset", "collate": "collate",
                "row_format": "row_format", "key_block_size": "key_block_size", "partition_by": "partition_by"},
    "postgresql": {"partition_by": "partition_by", "tablespace": "tablespace", "with": "with",
                   "inherits": ("inherits", lambda v: list(v) if isinstance(v, (list, tuple)) else [v])},
    "sqlite": {"strict": "strict"},
}


def table_options(table):
    place = table.fullname
    given = dialect_names(table)
    lite = given.get("sqlite", {})
    lite.pop("autoincrement", None)
    if table.dialect_kwargs.get("sqlite_with_rowid") is not False:
        lite.pop("with_rowid", None)
    for dialect in ("mysql", "mariadb"):
        own = given.get(dialect, {})
        if "comment" in own and not table.comment:
            table.comment = own["comment"]
        own.pop("comment", None)
        if "partitions" in own and "partition_by" in own:
            own["partition_by"] = "%s PARTITIONS %s" % (own["partition_by"], own.pop("partitions"))
        for name in ("collate", "charset", "default_charset", "engine", "row_format"):
            if name in own:
                own[name] = text_of(own[name])
    options = take_options(given, TABLE_OPTIONS, place)
    if table.dialect_kwargs.get("sqlite_with_rowid") is False:
        options.setdefault("sqlite", {})["without_rowid"] = True
    for prefix in table._prefixes:
        word = str(getattr(prefix, "text", prefix)).upper()
        if word != "UNLOGGED":
            raise Problem("%s: the prefix %s makes no table that stays" % (place, word))
        options.setdefault("postgresql", {})["unlogged"] = True
    return options


def listeners(table):
    for event in ("before_create", "after_create"):
        for listener in getattr(table.dispatch, event):
            owner = getattr(listener, "__self__", listener)
            if isinstance(owner, schema.DDLElement) or isinstance(listener, schema.DDLElement):
                yield event


def table_json(table, all_types):
    item = {"name": str(table.name)}
    if table.schema:
        item["schema"] = table.schema
    options = table_options(table)
    if table.comment:
        item["comment"] = table.comment
    item["columns"] = [column_json(column, all_types) for column in table.columns]
    key = primary_key_json(table)
    if key:
        item["primary_key"] = key
    lists = {"unique_constraints": [], "check_constraints": [], "exclude_constraints": [], "foreign_keys": []}
    # Sets in SQLAlchemy: their order of creation makes the same model each time.
    found = set(table.constraints).union(*(column.constraints for column in table.columns))
    for constraint in sorted(found, key=lambda c: c._creation_order):
        place = "%s: %s" % (table.fullname, constraint.name or type(constraint).__name__)
        if isinstance(constraint, schema.PrimaryKeyConstraint):
            continue
        if isinstance(constraint, schema.ForeignKeyConstraint):
            lists["foreign_keys"].append(foreign_key_json(constraint, place))
        elif isinstance(constraint, schema.UniqueConstraint):
            lists["unique_constraints"].append(unique_json(constraint, place))
        elif isinstance(constraint, ExcludeConstraint):
            lists["exclude_constraints"].append(exclude_json(constraint, place))
        elif isinstance(constraint, schema.CheckConstraint):
            check = check_json(constraint, place)
            if check:
                lists["check_constraints"].append(check)
        else:
            raise Problem("%s: a constraint of the class %s" % (place, type(constraint).__name__))
    item.update((name, found) for name, found in lists.items() if found)
    indexes = sorted(table.indexes, key=lambda index: str(index.name))
    if indexes:
        item["indexes"] = [index_json(index, "%s: %s" % (table.fullname, index.name)) for index in indexes]
    if options:
        item["options"] = options
    for event in listeners(table):
        note(table.fullname, "DDL that listens to '%s' is not seen by migrate: say it as an object, or in a revision"
             % event)
    return item


# ---- the whole ----


def sequences_of(metadata):
    found = dict(getattr(metadata, "_sequences", {}))
    for table in metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.default, schema.Sequence):
                found.setdefault(column.default.name, column.default)
    for sequence in sorted(found.values(), key=lambda s: (s.schema or "", s.name)):
        if sequence.optional:
            continue
        item = {"name": str(sequence.name)}
        if sequence.schema:
            item["schema"] = sequence.schema
        item.update(sequence_options(sequence))
        if getattr(sequence, "data_type", None) is not None:
            item["type"] = Types().of(sequence.data_type, "sequence %s" % sequence.name)
        yield item


def model_of(all_metadata):
    all_types = Types()
    # Every name is said, so that no convention of migrate's gives another one.
    model = {"naming_convention": {"uq": None, "ck": None, "fk": None, "pk": None}, "tables": [], "sequences": []}
    seen = {}
    for metadata in all_metadata:
        for table in metadata.tables.values():
            if seen.setdefault(table.fullname, table) is not table:
                raise Problem("%s: two MetaData have a table of this name" % table.fullname)
            model["tables"].append(table_json(table, all_types))
        model["sequences"].extend(sequences_of(metadata))
    model["enums"] = [all_types.enums[name] for name in sorted(all_types.enums)]
    return {key: value for key, value in model.items() if value}


def load(target):
    """The MetaData that `module:name` means, or None for a module that is only to be imported."""
    module_name, _, attribute = target.partition(":")
    found = importlib.import_module(module_name)
    if not attribute:
        return None
    for part in attribute.split("."):
        if not hasattr(found, part):
            raise Problem("%s: '%s' has no '%s'" % (target, module_name, part))
        found = getattr(found, part)
    metadata = found if isinstance(found, schema.MetaData) else getattr(found, "metadata", None)
    if not isinstance(metadata, schema.MetaData):
        raise Problem("%s: this is neither a MetaData nor a declarative base" % target)
    return metadata


def main():
    parser = argparse.ArgumentParser(description="Print SQLAlchemy's MetaData as models.json for migrate.")
    parser.add_argument("--path", action="append", default=[], metavar="FOLDER",
                        help="a folder to look for modules in, before those of PYTHONPATH (default: the current one)")
    parser.add_argument("target", nargs="+", metavar="MODULE:NAME",
                        help="a declarative base or MetaData; a MODULE alone is imported for the tables it adds")
    arguments = parser.parse_args()
    sys.path[:0] = [os.path.abspath(path) for path in arguments.path or ["."]]
    # The output is the model alone, whatever the modules print.
    stdout, sys.stdout = sys.stdout, sys.stderr
    try:
        all_metadata = []
        for metadata in [load(target) for target in arguments.target]:
            if metadata is not None and metadata not in all_metadata:
                all_metadata.append(metadata)
        if not all_metadata:
            raise Problem("no MODULE:NAME is given, only modules")
        model = model_of(all_metadata)
    except (Problem, ImportError) as problem:
        sys.exit("error: %s" % problem)
    json.dump(model, stdout, indent=2, ensure_ascii=False)
    stdout.write("\n")


if __name__ == "__main__":
    main()

#!/usr/bin/env bash
# SQLAlchemy's MetaData as the model, on SQLite; and what the script refuses.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/sqlalchemy-tap.sh"

sqlalchemy_project rich sqlite:///a.db rich_models:Base rich_models:plain
by_sqlalchemy sqlite:///a.db rich_models:Base rich_models:plain; ok "SQLAlchemy creates the tables"
both_ways sqlite:///a.db sqlite:///b.db sqlite:///a.db sqlite:///b.db "rich model"
models_json() { $PYTHON "$MODELS_JSON" "$@"; }
same "$(models_json --path "$MODELS" rich_models:Base | cksum)" "$(models_json --path "$MODELS" rich_models:Base | cksum)" \
    "the same model twice"
models_json --path "$MODELS" postgresql_models:metadata >pg.json; ok "tables of PostgreSQL"
models_json --path "$MODELS" mysql_models:metadata >my.json; ok "tables of MySQL"
$PYTHON -c 'import json; json.load(open("pg.json")); json.load(open("my.json"))'; ok "are JSON"

# --- the folder of migrate.ini is where the command runs ---
mkdir -p "$WORK/app/src/shop" && cd "$WORK/app"
cat >src/shop/models.py <<'PY'
import sqlalchemy as sa
from sqlalchemy.orm import declarative_base
print("chatter")
Base = declarative_base()
class A(Base):
    __tablename__ = "a"
    id = sa.Column(sa.Integer, primary_key=True)
PY
cat >src/shop/more.py <<'PY'
import sqlalchemy as sa
from shop.models import Base
class B(Base):
    __tablename__ = "b"
    id = sa.Column(sa.Integer, primary_key=True)
    sa.event.listen(Base.metadata, "after_create", sa.DDL("SELECT 1"))
sa.event.listen(B.__table__, "after_create", sa.DDL("SELECT 1"))
PY
migrate -q init --url sqlite:///a.db >/dev/null
sed -i "s#^models.*#models = exec:$PYTHON $MODELS_JSON --path src shop.models:Base shop.more#" migrate.ini
mkdir deep && cd deep
run migrate diff
exits 3 "from a folder below"
prints "CREATE TABLE a (" "the tables of one module"
prints "CREATE TABLE b (" "and of one that is only imported"
says "note: b: DDL that listens to 'after_create'" "what is not said in a model is noted"
cd ..

# --- what fails is shown ---
refuses() { # TARGET WORDS NAME
    sed -i "s#^models.*#models = exec:$PYTHON $MODELS_JSON --path src $1#" migrate.ini
    run migrate check
    exits 1 "$3"
    says "$2" "$3: why"
}
refuses shop.nowhere:Base "No module named 'shop.nowhere'" "no such module"
refuses shop.models:Basis "has no 'Basis'" "no such name"
refuses shop.models:sa "neither a MetaData nor a declarative base" "something else"
refuses shop.models "only modules" "no base"
bad() { # WORDS NAME, column or table arguments on stdin
    { printf 'import sqlalchemy as sa\nmetadata = sa.MetaData()\n'; cat; } >src/bad.py
    refuses bad:metadata "$1" "$2"
}
bad "t.c: the column has no type" "a column without type" <<<'sa.Table("t", metadata, sa.Column("c"))'
bad "t: the prefix TEMPORARY" "a temporary table" <<<'sa.Table("t", metadata, sa.Column("c", sa.Integer), prefixes=["TEMPORARY"])'
bad "t: mysql_union cannot be said" "an option that is not known" <<<'sa.Table("t", metadata, sa.Column("c", sa.Integer), mysql_union="a")'
bad "has other values elsewhere" "two enums of one name" <<'PY'
sa.Table("t", metadata, sa.Column("a", sa.Enum("x", name="e")), sa.Column("b", sa.Enum("y", name="e")))
PY
bad "could not find table 'nowhere'" "a reference to nothing" <<<'sa.Table("t", metadata, sa.Column("c", sa.Integer, sa.ForeignKey("nowhere.id")))'
sed -i 's#^models.*#models = exec:echo not json#' migrate.ini
run migrate check
exits 1 "a command that prints no JSON"
says "exec:echo not json:1:1" "is named with the place"
finish

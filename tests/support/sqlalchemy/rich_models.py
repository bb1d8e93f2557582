"""A declarative model with what SQLAlchemy can say of tables, for SQLite, PostgreSQL and MariaDB. 1.4 and 2.x."""
import enum

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.orm import declarative_base

convention = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
Base = declarative_base(metadata=sa.MetaData(naming_convention=convention))
# No convention: names are left to the database.
plain = sa.MetaData()


class Status(enum.Enum):
    pending = "waiting"
    paid = "it's paid"


class Lower(sa.TypeDecorator):
    impl = sa.String
    cache_ok = True


class Document(sa.TypeDecorator):
    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect):
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.JSONB())
        return dialect.type_descriptor(sa.Text())


class Customer(Base):
    __tablename__ = "customers"
    id = sa.Column(sa.Integer, primary_key=True)
    email = sa.Column(Lower(120), nullable=False, unique=True)
    name = sa.Column(sa.Unicode(80), index=True, server_default="it's 100% \\ unknown")
    parent_id = sa.Column(sa.ForeignKey("customers.id", ondelete="SET NULL"))
    active = sa.Column(sa.Boolean, nullable=False, server_default=sa.true())
    flag = sa.Column(sa.Boolean(name="flag", create_constraint=True))
    created = sa.Column(sa.DateTime, server_default=sa.func.now(), nullable=False)
    seen = sa.Column(sa.DateTime(timezone=True), default=lambda: None)
    note = sa.Column(sa.Text, comment="free; 'text'")
    __table_args__ = {"comment": "who buys", "mysql_engine": "InnoDB", "mysql_charset": "utf8mb4"}


class Order(Base):
    __tablename__ = "orders"
    id = sa.Column(sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True)
    customer_id = sa.Column(sa.Integer, sa.ForeignKey("customers.id", ondelete="CASCADE", onupdate="CASCADE"),
                            nullable=False, index=True)
    status = sa.Column(sa.Enum(Status), nullable=False, server_default="pending")
    label = sa.Column(sa.Enum("a", "b", name="label", create_constraint=True, native_enum=False))
    shown = sa.Column(sa.Enum(Status, name="shown", values_callable=lambda e: [v.value for v in e]))
    total = sa.Column(sa.Numeric(10, 2), server_default=sa.text("0"))
    weight = sa.Column(sa.Float)
    rate = sa.Column(sa.Float(53))
    body = sa.Column(sa.JSON)
    payload = sa.Column(Document)
    raw = sa.Column(sa.LargeBinary)
    small = sa.Column(sa.SmallInteger)
    day = sa.Column(sa.Date)
    at = sa.Column(sa.Time)
    length = sa.Column(sa.Interval)
    double = sa.Column(sa.Integer, sa.Computed("small * 2", persisted=True))
    code = sa.Column(sa.String(10).with_variant(mysql.VARCHAR(12), "mysql").with_variant(postgresql.VARCHAR(14), "postgresql"))
    tiny = sa.Column(sa.Integer().with_variant(mysql.TINYINT(unsigned=True), "mysql"))
    __table_args__ = (
        sa.UniqueConstraint("customer_id", "day"),
        sa.CheckConstraint("total >= 0", name="total"),
        sa.Index("ix_orders_recent", sa.desc("day"), "status"),
        sa.Index("ix_orders_open", "status", postgresql_where=sa.text("day IS NULL"), sqlite_where=sa.text("day IS NULL")),
        sa.Index(None, "code", unique=True, mysql_length={"code": 5}),
    )


class Item(Base):
    __tablename__ = "items"
    order_id = sa.Column(sa.ForeignKey("orders.id"), primary_key=True)
    number = sa.Column(sa.Integer, primary_key=True, autoincrement=False)
    __table_args__ = {"sqlite_with_rowid": False}


class Part(Base):
    __tablename__ = "parts"
    order_id = sa.Column(sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True)
    number = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column(sa.String(20), primary_key=True)
    __table_args__ = (sa.ForeignKeyConstraint(["order_id", "number"], ["items.order_id", "items.number"]),)


class Counted(Base):
    __tablename__ = "counted"
    id = sa.Column(sa.Integer, primary_key=True)
    __table_args__ = {"sqlite_autoincrement": True}


class ByHand(Base):
    __tablename__ = "by_hand"
    id = sa.Column(sa.Integer, primary_key=True, autoincrement=False)
    key = sa.Column(sa.String(30), sa.ForeignKey("texts.key", use_alter=True, name="fk_to_texts"))


class Texts(Base):
    __tablename__ = "texts"
    key = sa.Column(sa.String(30), primary_key=True)
    by_hand = sa.Column(sa.ForeignKey("by_hand.id"))
    order = sa.Column("order", sa.Integer, quote=True)
    Mixed = sa.Column(sa.Integer)


people = sa.Table(
    "people", plain,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(40), unique=True),
    sa.Column("boss", sa.Integer, sa.ForeignKey("people.id")),
    sa.Column("age", sa.Integer, sa.CheckConstraint("age > 0")),
    sa.CheckConstraint("name <> ''"),
)

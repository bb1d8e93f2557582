"""What only PostgreSQL has."""
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import (ARRAY, ENUM, INET, INTERVAL, JSONB, TIMESTAMP, TSRANGE, TSVECTOR, UUID,
                                            ExcludeConstraint)

metadata = sa.MetaData()
mood = ENUM("sad", "ok", name="mood", metadata=metadata)
counter = sa.Sequence("counter", start=5, increment=2, metadata=metadata)
rooms = sa.Table(
    "rooms", metadata,
    sa.Column("id", UUID(as_uuid=True), primary_key=True, server_default=sa.text("gen_random_uuid()")),
    sa.Column("number", sa.BigInteger, sa.Identity(always=True, start=10, increment=5)),
    sa.Column("ticket", sa.Integer, counter, server_default=counter.next_value()),
    sa.Column("tags", ARRAY(sa.String(20))),
    sa.Column("mood", mood, server_default="ok"),
    sa.Column("moods", ARRAY(mood)),
    sa.Column("address", INET),
    sa.Column("data", JSONB, server_default=sa.text("'{}'::jsonb")),
    sa.Column("words", TSVECTOR, sa.Computed("to_tsvector('english', name)", persisted=True)),
    sa.Column("name", sa.Text(collation="C"), comment="shown"),
    sa.Column("during", TSRANGE),
    sa.Column("at", TIMESTAMP(timezone=True, precision=3)),
    sa.Column("took", INTERVAL(precision=2)),
    ExcludeConstraint(("during", "&&"), using="gist", name="no_overlap", where=sa.text("name IS NOT NULL")),
    sa.UniqueConstraint("name", "number", name="uq_rooms", deferrable=True, initially="deferred"),
    sa.Index("ix_rooms_data", "data", postgresql_using="gin", postgresql_ops={"data": "jsonb_path_ops"}),
    sa.Index("ix_rooms_lower", sa.func.lower(sa.column("name")), postgresql_include=["number"]),
    sa.Index("ix_rooms_last", sa.desc("at").nullslast(), postgresql_with={"fillfactor": 50}),
    comment="to let",
)
bookings = sa.Table(
    "bookings", metadata,
    sa.Column("room", UUID(as_uuid=True), sa.ForeignKey("rooms.id", deferrable=True, initially="DEFERRED", match="FULL")),
    sa.Column("day", sa.Date, nullable=False),
    postgresql_partition_by="RANGE (day)",
)
scratch = sa.Table("scratch", metadata, sa.Column("n", sa.SmallInteger, primary_key=True), prefixes=["UNLOGGED"])
other = sa.Table("far", metadata, sa.Column("id", sa.Integer, primary_key=True),
                 sa.Column("kind", sa.Enum("x", "y", name="kind", schema="elsewhere")), schema="elsewhere")

"""What only MySQL and MariaDB have."""
import sqlalchemy as sa
from sqlalchemy.dialects import mysql

metadata = sa.MetaData()
things = sa.Table(
    "things", metadata,
    sa.Column("id", mysql.INTEGER(unsigned=True), primary_key=True),
    sa.Column("small", mysql.TINYINT(1)),
    sa.Column("big", mysql.BIGINT(unsigned=True), server_default="7"),
    sa.Column("state", mysql.ENUM("on", "off"), server_default="on"),
    sa.Column("flags", mysql.SET("a", "b")),
    sa.Column("text", mysql.MEDIUMTEXT),
    sa.Column("name", mysql.VARCHAR(40, charset="utf8mb4", collation="utf8mb4_bin")),
    sa.Column("at", mysql.DATETIME(fsp=3)),
    sa.Column("changed", mysql.TIMESTAMP, nullable=False,
              server_default=sa.text("CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP")),
    sa.Column("year", mysql.YEAR),
    sa.Column("money", mysql.DECIMAL(12, 4)),
    sa.Column("half", sa.Integer, sa.Computed("small * 2", persisted=False)),
    sa.Index("ix_text", "text", mysql_length=10),
    sa.Index("ix_words", "text", mysql_prefix="FULLTEXT"),
    mysql_engine="InnoDB", mysql_charset="utf8mb4", mysql_collate="utf8mb4_unicode_ci", mysql_row_format="DYNAMIC",
    comment="it's a table",
)

# For tests beside Alembic; to be sourced behind tap.sh.
/usr/bin/python3 -c "import alembic" || { echo "Bail out! no Alembic"; exit 1; }
export PYTHONDONTWRITEBYTECODE=1
alembic() { /usr/bin/python3 -m alembic "$@"; }
version() { # FILE, body on stdin
    cat >"alembic/versions/$1.py"
}
# A folder with branches, labels, a dependency, a second base and a merge; docstrings with quotes; autocommit blocks.
alembic_project() { # NAME
    mkdir -p "$WORK/$1" && cd "$WORK/$1" && alembic init alembic >/dev/null 2>&1
    sed -i 's#^sqlalchemy.url.*#sqlalchemy.url = sqlite:///alembic.db#' alembic.ini
    version 1_accounts <<'PY'
"""create "account", it's the first

A second paragraph.

Revision ID: 1975ea83b712
Revises:
Create Date: 2011-11-08 11:40:27.089406

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa

revision: str = "1975ea83b712"
down_revision: Union[str, None] = None
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(50), nullable=False, server_default="a;b -- c"),
    )
    op.execute("INSERT INTO account (id, name) VALUES (1, 'x; y')")


def downgrade() -> None:
    op.drop_table("account")
PY
    version 2_column <<'PY'
'''add a column

Revision ID: ae1027a6acf0
'''
from alembic import op
import sqlalchemy as sa
revision = 'ae1027a6acf0'
down_revision = ('1975ea83b712'
                 )
def upgrade():
    op.add_column('account', sa.Column('last_login', sa.Date))
def downgrade():
    with op.batch_alter_table('account') as batch:
        batch.drop_column('last_login')
PY
    version 3_shop <<'PY'
"""orders"""
from alembic import op
import sqlalchemy as sa
revision = 'cafe00000001'
down_revision = '1975ea83b712'
branch_labels = ('shop', 'orders')
def upgrade():
    op.create_table('orders', sa.Column('id', sa.Integer, primary_key=True),
        sa.Column('account_id', sa.Integer, sa.ForeignKey('account.id')))
    with op.get_context().autocommit_block():
        op.create_index('ix_orders_account_id', 'orders', ['account_id'])
def downgrade():
    op.drop_table('orders')
PY
    version 4_other <<'PY'
"""another base"""
from alembic import op
import sqlalchemy as sa
revision = 'beef_1'
down_revision = None
branch_labels = ['log']
depends_on = 'ae1027a6acf0',
def upgrade():
    op.create_table('log', sa.Column('text', sa.Text))
def downgrade():
    op.drop_table('log')
PY
    version 5_merge <<'PY'
"""merge"""
revision = 'dddd00000001'
down_revision = ('ae1027a6acf0', 'cafe00000001')
def upgrade() -> None:
    """Nothing to do."""
    pass
def downgrade(): pass
PY
    mkdir alembic/versions/__pycache__ && echo junk >alembic/versions/__pycache__/a.py
}
# The ids of `current` and `heads`, sorted, on one line.
ids() { awk '{print $1}' | sort | xargs; }
# Alembic migrates a database, and migrate another one from the imported files; then each goes on where the other has
# stopped. schema URL prints a database's schema.
import_and_compare() { # URL ITS_URL_FOR_SQLALCHEMY OTHER_URL
    alembic_project project
    sed -i "s#^sqlalchemy.url.*#sqlalchemy.url = $2#" alembic.ini
    sed -i 's/with op.batch_alter_table.*/op.drop_column("account", "last_login")/; /batch.drop_column/d' alembic/versions/2_column.py
    { alembic upgrade base:heads --sql >up.sql && alembic downgrade dddd00000001:base --sql >down.sql &&
        alembic downgrade beef_1:base --sql >log.sql && alembic upgrade heads; } 2>/dev/null
    ok "Alembic migrates its database"
    migrate -q init --url "$1" >/dev/null
    run migrate import alembic alembic --sql up.sql --downgrade-sql down.sql --downgrade-sql log.sql
    exits 0 "import"
    run migrate --url "$3" upgrade heads
    exits 0 "a new database"
    [ -n "$(schema "$1")" ]; ok "there is something to compare"
    same "$(schema "$3")" "$(schema "$1")" "the same schema"
    echo "version_table = alembic_version" >>migrate.ini
    same "$(migrate current | ids)" "$(alembic current 2>/dev/null | ids)" "current agrees"
    run migrate upgrade heads
    exits 0 "nothing to do on Alembic's database"
    run migrate downgrade 1975ea83b712
    exits 0 "which goes down"
    same "$(alembic current 2>/dev/null | ids)" "1975ea83b712" "as Alembic sees"
    alembic upgrade ae1027a6acf0 >/dev/null 2>&1; ok "Alembic goes on"
    same "$(migrate current | ids)" "ae1027a6acf0" "current agrees again"
    run migrate upgrade heads
    exits 0 "and so do we"
    same "$(alembic current 2>/dev/null | ids)" "$(migrate current | ids)" "to the same heads"
    same "$(schema "$3")" "$(schema "$1")" "and the same schema"
    run migrate stamp 1975ea83b712 --purge
    exits 0 "stamp"
    same "$(alembic current 2>/dev/null | ids)" "1975ea83b712" "is what Alembic reads"
}

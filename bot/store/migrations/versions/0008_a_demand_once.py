"""A demand that is handed in again makes one."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("demands", schema=None) as batch_op:
        batch_op.add_column(sa.Column("once_key", sa.String(length=64), nullable=True))
        batch_op.create_index(batch_op.f("ix_demands_once_key"), ["once_key"], unique=True)


def downgrade() -> None:
    with op.batch_alter_table("demands", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_demands_once_key"))
        batch_op.drop_column("once_key")

"""identity and notices"""

import sqlalchemy as sa
from alembic import op

import bot.store.base

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "data_requests",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("talent_id", sa.String(length=32), nullable=True),
        sa.Column("employer_id", sa.String(length=32), nullable=True),
        sa.Column("made_by", sa.String(length=32), nullable=True),
        sa.Column("once_key", sa.String(length=64), nullable=True),
        sa.Column("conversation_id", sa.String(length=32), nullable=True),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("staff_id", sa.String(length=32), nullable=True),
        sa.Column("created_at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("done_at", bot.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_requests")),
        sa.UniqueConstraint("once_key", name=op.f("uq_data_requests_once_key")),
    )

    with op.batch_alter_table("data_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_data_requests_employer_id"), ["employer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_data_requests_talent_id"), ["talent_id"], unique=False)

    op.create_table(
        "identity_attempts",
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("locked_until", bot.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_identity_attempts")),
    )

    op.create_table(
        "talent_notices",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("talent_id", sa.String(length=32), nullable=True),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("once_key", sa.String(length=120), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("due_at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("sent_at", bot.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talent_notices")),
        sa.UniqueConstraint("once_key", name=op.f("uq_talent_notices_once_key")),
    )

    with op.batch_alter_table("talent_notices", schema=None) as batch_op:
        batch_op.create_index("ix_talent_notices_due", ["status", "due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_talent_notices_talent_id"), ["talent_id"], unique=False)

    op.create_table(
        "consents",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("talent_id", sa.String(length=32), nullable=True),
        sa.Column("notice_version", sa.String(length=16), nullable=False),
        sa.Column("given_at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", bot.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_consents_conversation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )

    with op.batch_alter_table("consents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consents_conversation_id"), ["conversation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_consents_talent_id"), ["talent_id"], unique=False)

    op.create_table(
        "identity_codes",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("talent_id", sa.String(length=32), nullable=True),
        sa.Column("page_id", sa.String(length=32), nullable=True),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("used_at", bot.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_identity_codes_conversation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_codes")),
    )

    with op.batch_alter_table("identity_codes", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_identity_codes_conversation_id"), ["conversation_id"], unique=False
        )

    op.create_table(
        "identity_pages",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("created_at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("used_at", bot.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_identity_pages_conversation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_pages")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_identity_pages_token_hash")),
    )

    with op.batch_alter_table("identity_pages", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_identity_pages_conversation_id"), ["conversation_id"], unique=False
        )

    op.create_table(
        "channel_bindings",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("talent_id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("bound_at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", bot.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_channel_bindings_conversation_id")
        ),
        sa.ForeignKeyConstraint(["talent_id"], ["talents.id"], name=op.f("fk_channel_bindings_talent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_bindings")),
    )

    with op.batch_alter_table("channel_bindings", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_channel_bindings_conversation_id"), ["conversation_id"], unique=False
        )
        batch_op.create_index("ix_channel_bindings_of_talent", ["talent_id", "ended_at"], unique=False)

    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("talent_id", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("hidden_seq", sa.Integer(), nullable=False, server_default="0"))
        batch_op.create_index(batch_op.f("ix_conversations_talent_id"), ["talent_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.drop_column("hidden_seq")
        batch_op.drop_index(batch_op.f("ix_conversations_talent_id"))
        batch_op.drop_column("talent_id")

    with op.batch_alter_table("channel_bindings", schema=None) as batch_op:
        batch_op.drop_index("ix_channel_bindings_of_talent")
        batch_op.drop_index(batch_op.f("ix_channel_bindings_conversation_id"))

    op.drop_table("channel_bindings")

    with op.batch_alter_table("identity_pages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_identity_pages_conversation_id"))

    op.drop_table("identity_pages")

    with op.batch_alter_table("identity_codes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_identity_codes_conversation_id"))

    op.drop_table("identity_codes")

    with op.batch_alter_table("consents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consents_talent_id"))
        batch_op.drop_index(batch_op.f("ix_consents_conversation_id"))

    op.drop_table("consents")

    with op.batch_alter_table("talent_notices", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_talent_notices_talent_id"))
        batch_op.drop_index("ix_talent_notices_due")

    op.drop_table("talent_notices")

    op.drop_table("identity_attempts")

    with op.batch_alter_table("data_requests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_data_requests_talent_id"))
        batch_op.drop_index(batch_op.f("ix_data_requests_employer_id"))

    op.drop_table("data_requests")

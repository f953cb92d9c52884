"""talents"""

import sqlalchemy as sa
from alembic import op

import bot.store.base

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "departments",
        sa.Column("key", sa.String(length=48), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("also", sa.JSON(), nullable=False),
        sa.Column("level", sa.String(length=4), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("parent", sa.String(length=48), nullable=True),
        sa.Column("duties", sa.JSON(), nullable=False),
        sa.Column("phone", sa.String(length=32), nullable=True),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("edited", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_departments")),
    )

    op.create_table(
        "employers",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("code", sa.String(length=18), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("industry", sa.String(length=32), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("created_at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employers")),
        sa.UniqueConstraint("code", name=op.f("uq_employers_code")),
        sa.UniqueConstraint("name", name=op.f("uq_employers_name")),
    )

    with op.batch_alter_table("employers", schema=None) as batch_op:
        batch_op.create_index("ix_employers_region", ["region", "name"], unique=False)

    op.create_table(
        "institutions",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("updated_at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_institutions")),
        sa.UniqueConstraint("name", name=op.f("uq_institutions_name")),
    )

    op.create_table(
        "office_settings",
        sa.Column("key", sa.String(length=48), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("updated_at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_office_settings")),
    )

    op.create_table(
        "providers",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("type", sa.String(length=8), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("services", sa.JSON(), nullable=False),
        sa.Column("phone", sa.String(length=32), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("updated_at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_providers")),
        sa.UniqueConstraint("name", name=op.f("uq_providers_name")),
    )

    op.create_table(
        "talent_changes",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("talent_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(length=32), nullable=True),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talent_changes")),
    )

    with op.batch_alter_table("talent_changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_talent_changes_talent_id"), ["talent_id"], unique=False)

    op.create_table(
        "windows",
        sa.Column("key", sa.String(length=48), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("also", sa.JSON(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("address", sa.String(length=100), nullable=True),
        sa.Column("url", sa.String(length=100), nullable=True),
        sa.Column("phone", sa.String(length=32), nullable=True),
        sa.Column("services", sa.JSON(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("edited", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_windows")),
    )

    op.create_table(
        "talents",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("gender", sa.String(length=2), nullable=True),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.Column("nationality", sa.String(length=32), nullable=False),
        sa.Column("id_kind", sa.String(length=8), nullable=False),
        sa.Column("id_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id_fingerprint", sa.String(length=64), nullable=False),
        sa.Column("id_hint", sa.String(length=64), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_fingerprint", sa.String(length=64), nullable=True),
        sa.Column("phone_hint", sa.String(length=64), nullable=True),
        sa.Column("email_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("education", sa.String(length=8), nullable=False),
        sa.Column("top_school", sa.Boolean(), nullable=False),
        sa.Column("school", sa.String(length=64), nullable=True),
        sa.Column("graduated_on", sa.Date(), nullable=True),
        sa.Column("title", sa.String(length=32), nullable=True),
        sa.Column("position", sa.String(length=64), nullable=True),
        sa.Column("employer_id", sa.String(length=32), nullable=True),
        sa.Column("fulltime", sa.Boolean(), nullable=True),
        sa.Column("industry", sa.String(length=32), nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("origin", sa.String(length=8), nullable=True),
        sa.Column("arrived_on", sa.Date(), nullable=True),
        sa.Column("postdoc", sa.String(length=16), nullable=True),
        sa.Column("honours", sa.JSON(), nullable=False),
        sa.Column("expert", sa.Boolean(), nullable=False),
        sa.Column("abroad", sa.Boolean(), nullable=False),
        sa.Column("serves_grassroots", sa.Boolean(), nullable=False),
        sa.Column("departments", sa.JSON(), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_talents_employer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talents")),
        sa.UniqueConstraint("id_fingerprint", name=op.f("uq_talents_id_fingerprint")),
    )

    with op.batch_alter_table("talents", schema=None) as batch_op:
        batch_op.create_index("ix_talents_employer", ["employer_id", "name"], unique=False)
        batch_op.create_index("ix_talents_name", ["name"], unique=False)
        batch_op.create_index(batch_op.f("ix_talents_phone_fingerprint"), ["phone_fingerprint"], unique=False)
        batch_op.create_index("ix_talents_region", ["region", "name"], unique=False)

    op.create_table(
        "assignments",
        sa.Column("talent_id", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("since", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_assignments_staff_id")),
        sa.ForeignKeyConstraint(["talent_id"], ["talents.id"], name=op.f("fk_assignments_talent_id")),
        sa.PrimaryKeyConstraint("talent_id", name=op.f("pk_assignments")),
    )

    with op.batch_alter_table("assignments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assignments_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "cards",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("talent_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("group", sa.Integer(), nullable=True),
        sa.Column("route", sa.String(length=16), nullable=True),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("part_id", sa.String(length=32), nullable=True),
        sa.Column("updated_at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["talent_id"], ["talents.id"], name=op.f("fk_cards_talent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cards")),
        sa.UniqueConstraint("number", name=op.f("uq_cards_number")),
    )

    with op.batch_alter_table("cards", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cards_talent_id"), ["talent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cards_valid_to"), ["valid_to"], unique=False)

    op.create_table(
        "talent_programmes",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("talent_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["talent_id"], ["talents.id"], name=op.f("fk_talent_programmes_talent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talent_programmes")),
    )

    with op.batch_alter_table("talent_programmes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_talent_programmes_talent_id"), ["talent_id"], unique=False)

    op.create_table(
        "talent_tiers",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("talent_id", sa.String(length=32), nullable=False),
        sa.Column("scheme", sa.String(length=32), nullable=False),
        sa.Column("tier", sa.String(length=16), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("part_id", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["talent_id"], ["talents.id"], name=op.f("fk_talent_tiers_talent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talent_tiers")),
    )

    with op.batch_alter_table("talent_tiers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_talent_tiers_talent_id"), ["talent_id"], unique=False)

    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.add_column(sa.Column("department", sa.String(length=48), nullable=True))
        batch_op.add_column(sa.Column("employer_id", sa.String(length=32), nullable=True))
        batch_op.create_index(batch_op.f("ix_staff_employer_id"), ["employer_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_employer_id"))
        batch_op.drop_column("employer_id")
        batch_op.drop_column("department")

    with op.batch_alter_table("talent_tiers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_talent_tiers_talent_id"))

    op.drop_table("talent_tiers")

    with op.batch_alter_table("talent_programmes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_talent_programmes_talent_id"))

    op.drop_table("talent_programmes")

    with op.batch_alter_table("cards", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cards_valid_to"))
        batch_op.drop_index(batch_op.f("ix_cards_talent_id"))

    op.drop_table("cards")

    with op.batch_alter_table("assignments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assignments_staff_id"))

    op.drop_table("assignments")

    with op.batch_alter_table("talents", schema=None) as batch_op:
        batch_op.drop_index("ix_talents_region")
        batch_op.drop_index(batch_op.f("ix_talents_phone_fingerprint"))
        batch_op.drop_index("ix_talents_name")
        batch_op.drop_index("ix_talents_employer")

    op.drop_table("talents")

    op.drop_table("windows")

    with op.batch_alter_table("talent_changes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_talent_changes_talent_id"))

    op.drop_table("talent_changes")

    op.drop_table("providers")

    op.drop_table("office_settings")

    op.drop_table("institutions")

    with op.batch_alter_table("employers", schema=None) as batch_op:
        batch_op.drop_index("ix_employers_region")

    op.drop_table("employers")

    op.drop_table("departments")

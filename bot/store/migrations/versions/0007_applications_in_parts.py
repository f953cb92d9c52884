"""applications in parts"""

import sqlalchemy as sa
from alembic import op

import bot.store.base

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "service_item_releases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_item_releases")),
    )

    op.create_table(
        "service_items",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("draft", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("published_version", sa.Integer(), nullable=True),
        sa.Column("published_revision", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("loaded_digest", sa.String(length=64), nullable=True),
        sa.Column("updated_at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_service_items")),
    )

    op.create_table(
        "application_drafts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("talent_id", sa.String(length=32), nullable=True),
        sa.Column("items", sa.String(length=300), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("updated_at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_application_drafts_conversation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_drafts")),
    )

    with op.batch_alter_table("application_drafts", schema=None) as batch_op:
        batch_op.create_index("ix_application_drafts_of_talent", ["talent_id", "status"], unique=False)
        batch_op.create_index(
            "ix_application_drafts_of_conversation", ["conversation_id", "status"], unique=False
        )

    op.create_table(
        "application_parts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("application_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("item_version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=True),
        sa.Column("route", sa.String(length=16), nullable=True),
        sa.Column("levels", sa.JSON(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("review_level", sa.String(length=4), nullable=True),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("department", sa.String(length=48), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=True),
        sa.Column("unit_staff_id", sa.String(length=32), nullable=True),
        sa.Column("due_at", bot.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("supplement", sa.JSON(), nullable=False),
        sa.Column("supplements", sa.Integer(), nullable=False),
        sa.Column("resumes", sa.String(length=16), nullable=True),
        sa.Column("publicity_from", bot.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("publicity_to", bot.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.String(length=8), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("created_at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", bot.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_application_parts_application_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_parts")),
        sa.UniqueConstraint("application_id", "item", name=op.f("uq_application_parts_application_id_item")),
    )

    with op.batch_alter_table("application_parts", schema=None) as batch_op:
        batch_op.create_index("ix_application_parts_due", ["status", "due_at"], unique=False)
        batch_op.create_index("ix_application_parts_item", ["item", "created_at"], unique=False)
        batch_op.create_index("ix_application_parts_staff", ["staff_id", "status"], unique=False)
        batch_op.create_index(
            "ix_application_parts_lists",
            [
                "created_at",
                "id",
                "status",
                "region",
                "item",
                "staff_id",
                "application_id",
                "review_level",
                "due_at",
                "decision",
            ],
            unique=False,
        )
        batch_op.create_index(
            "ix_application_parts_work", ["status", "region", "staff_id", "application_id"], unique=False
        )

    op.create_table(
        "case_tasks",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("once_key", sa.String(length=96), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("application_id", sa.String(length=32), nullable=False),
        sa.Column("part_id", sa.String(length=32), nullable=True),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=True),
        sa.Column("due_at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("created_at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("done_at", bot.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_case_tasks_application_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_tasks")),
        sa.UniqueConstraint("once_key", name=op.f("uq_case_tasks_once_key")),
    )

    with op.batch_alter_table("case_tasks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_tasks_application_id"), ["application_id"], unique=False)
        batch_op.create_index("ix_case_tasks_open", ["done_at", "due_at"], unique=False)

    op.create_table(
        "service_item_versions",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("published_at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["key"], ["service_items.key"], name=op.f("fk_service_item_versions_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_item_versions")),
        sa.UniqueConstraint("key", "version", name=op.f("uq_service_item_versions_key_version")),
    )

    op.create_table(
        "dispatches",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("part_id", sa.String(length=32), nullable=False),
        sa.Column("department", sa.String(length=48), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(length=32), nullable=False),
        sa.Column("asked_at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("reminded_at", bot.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("opinion", sa.String(length=8), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.String(length=32), nullable=True),
        sa.Column("answered_at", bot.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["department"], ["departments.key"], name=op.f("fk_dispatches_department")),
        sa.ForeignKeyConstraint(["part_id"], ["application_parts.id"], name=op.f("fk_dispatches_part_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatches")),
    )

    with op.batch_alter_table("dispatches", schema=None) as batch_op:
        batch_op.create_index("ix_dispatches_open", ["department", "answered_at", "due_at"], unique=False)
        batch_op.create_index("ix_dispatches_part", ["part_id"], unique=False)

    op.create_table(
        "objections",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("part_id", sa.String(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("upheld", sa.Boolean(), nullable=True),
        sa.Column("finding", sa.Text(), nullable=True),
        sa.Column("received_at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("settled_at", bot.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["part_id"], ["application_parts.id"], name=op.f("fk_objections_part_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objections")),
    )

    with op.batch_alter_table("objections", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_objections_part_id"), ["part_id"], unique=False)

    op.create_table(
        "part_changes",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("part_id", sa.String(length=32), nullable=False),
        sa.Column("event", sa.String(length=24), nullable=False),
        sa.Column("before", sa.String(length=16), nullable=True),
        sa.Column("after", sa.String(length=16), nullable=False),
        sa.Column("level", sa.String(length=8), nullable=True),
        sa.Column("by", sa.String(length=32), nullable=True),
        sa.Column("told", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["part_id"], ["application_parts.id"], name=op.f("fk_part_changes_part_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_part_changes")),
    )

    with op.batch_alter_table("part_changes", schema=None) as batch_op:
        batch_op.create_index("ix_part_changes_part", ["part_id", "at"], unique=False)

    op.create_table(
        "part_materials",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("part_id", sa.String(length=32), nullable=False),
        sa.Column("material", sa.String(length=32), nullable=False),
        sa.Column("attachment_id", sa.String(length=32), nullable=False),
        sa.Column("refused_why", sa.String(length=200), nullable=True),
        sa.Column("created_at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachments.id"], name=op.f("fk_part_materials_attachment_id")
        ),
        sa.ForeignKeyConstraint(
            ["part_id"], ["application_parts.id"], name=op.f("fk_part_materials_part_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_part_materials")),
        sa.UniqueConstraint(
            "part_id",
            "material",
            "attachment_id",
            name=op.f("uq_part_materials_part_id_material_attachment_id"),
        ),
    )

    # Set aside before the table is made anew: SQLite would refuse that while parts refer to its rows.
    op.execute(
        """
        CREATE TABLE applications_before AS
        SELECT id, item, item_version, status, verdict, route, sealed, created_at, updated_at
        FROM applications
        """
    )

    op.execute(
        "CREATE TABLE history_before AS SELECT id, application_id, status, at FROM application_status_history"
    )

    with op.batch_alter_table("application_status_history", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_application_status_history_application_id"))

    op.drop_table("application_status_history")

    with op.batch_alter_table("applications", schema=None) as batch_op:
        batch_op.add_column(sa.Column("talent_id", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("employer_id", sa.String(length=32), nullable=True))
        batch_op.add_column(
            sa.Column("applicant", sa.String(length=8), nullable=False, server_default="本人")
        )
        batch_op.add_column(sa.Column("made_by", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("batch_id", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("name_hint", sa.String(length=64), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("name_fingerprint", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("phone_fingerprint", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("closed_at", bot.store.base.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("rating", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("rating_comment", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("rated_at", bot.store.base.UtcDateTime(timezone=True), nullable=True))
        batch_op.alter_column("conversation_id", existing_type=sa.VARCHAR(length=32), nullable=True)
        batch_op.create_index(batch_op.f("ix_applications_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index("ix_applications_by_day", ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_applications_made_by"), ["made_by"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_applications_name_fingerprint"), ["name_fingerprint"], unique=False
        )
        batch_op.create_index("ix_applications_of_employer", ["employer_id", "created_at"], unique=False)
        batch_op.create_index("ix_applications_of_talent", ["talent_id", "created_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_applications_phone_fingerprint"), ["phone_fingerprint"], unique=False
        )
        batch_op.drop_column("sealed")
        batch_op.drop_column("status")
        batch_op.drop_column("route")
        batch_op.drop_column("item_version")
        batch_op.drop_column("item")
        batch_op.drop_column("verdict")

    # What was submitted before had one item. Its place and levels stand in sealed answers, which only
    # the service can open, see `bot/service/case_upkeep.py`.
    op.execute(
        """
        INSERT INTO application_parts
            (id, application_id, position, item, item_version, status, version, verdict, route, levels,
             level, region, sealed, facts, supplement, supplements, decision, created_at,
             updated_at, ended_at)
        SELECT id, id, 1, item, item_version, status,
             coalesce(nullif((SELECT count(*) FROM history_before
                 WHERE application_id = applications_before.id), 0), 1),
             verdict, route, '["\\u7701"]', 0, '370000', sealed, '{}', '[]', 0,
             CASE status WHEN '已办结' THEN '通过' WHEN '已退回' THEN '不予通过' END, created_at, updated_at,
             CASE WHEN status IN ('已办结', '已退回') THEN updated_at END
        FROM applications_before
        """
    )

    op.execute(
        "UPDATE applications SET closed_at = (SELECT ended_at FROM application_parts"
        " WHERE application_parts.application_id = applications.id)"
    )

    op.execute(
        """
        INSERT INTO part_changes (id, part_id, event, before, after, at)
        SELECT id, application_id,
             CASE WHEN row_number() OVER earlier = 1 THEN 'submit' ELSE 'moved' END,
             lag(status) OVER earlier, status, at
        FROM history_before WINDOW earlier AS (PARTITION BY application_id ORDER BY at, id)
        """
    )

    op.drop_table("history_before")

    op.drop_table("applications_before")

    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("employer_id", sa.String(length=32), nullable=True))
        batch_op.alter_column("conversation_id", existing_type=sa.VARCHAR(length=32), nullable=True)
        batch_op.create_index(batch_op.f("ix_attachments_employer_id"), ["employer_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attachments_employer_id"))
        batch_op.alter_column("conversation_id", existing_type=sa.VARCHAR(length=32), nullable=False)
        batch_op.drop_column("employer_id")

    with op.batch_alter_table("applications", schema=None) as batch_op:
        batch_op.add_column(sa.Column("verdict", sa.VARCHAR(length=16), nullable=True))
        batch_op.add_column(sa.Column("item", sa.VARCHAR(length=64), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("item_version", sa.INTEGER(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("route", sa.VARCHAR(length=16), nullable=True))
        batch_op.add_column(sa.Column("status", sa.VARCHAR(length=16), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("sealed", sa.LargeBinary(), nullable=False, server_default=""))
        batch_op.drop_index(batch_op.f("ix_applications_phone_fingerprint"))
        batch_op.drop_index("ix_applications_of_talent")
        batch_op.drop_index("ix_applications_of_employer")
        batch_op.drop_index(batch_op.f("ix_applications_name_fingerprint"))
        batch_op.drop_index(batch_op.f("ix_applications_made_by"))
        batch_op.drop_index("ix_applications_by_day")
        batch_op.drop_index(batch_op.f("ix_applications_batch_id"))
        batch_op.alter_column("conversation_id", existing_type=sa.VARCHAR(length=32), nullable=False)
        batch_op.drop_column("rated_at")
        batch_op.drop_column("rating_comment")
        batch_op.drop_column("rating")
        batch_op.drop_column("closed_at")
        batch_op.drop_column("phone_fingerprint")
        batch_op.drop_column("name_fingerprint")
        batch_op.drop_column("name_hint")
        batch_op.drop_column("batch_id")
        batch_op.drop_column("made_by")
        batch_op.drop_column("applicant")
        batch_op.drop_column("employer_id")
        batch_op.drop_column("talent_id")

    op.create_table(
        "application_status_history",
        sa.Column("id", sa.VARCHAR(length=32), nullable=False),
        sa.Column("application_id", sa.VARCHAR(length=32), nullable=False),
        sa.Column("status", sa.VARCHAR(length=16), nullable=False),
        sa.Column("at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_application_status_history_application_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_status_history")),
    )

    with op.batch_alter_table("application_status_history", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_application_status_history_application_id"), ["application_id"], unique=False
        )

    op.drop_table("part_materials")

    with op.batch_alter_table("part_changes", schema=None) as batch_op:
        batch_op.drop_index("ix_part_changes_part")

    op.drop_table("part_changes")

    with op.batch_alter_table("objections", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_objections_part_id"))

    op.drop_table("objections")

    with op.batch_alter_table("dispatches", schema=None) as batch_op:
        batch_op.drop_index("ix_dispatches_part")
        batch_op.drop_index("ix_dispatches_open")

    op.drop_table("dispatches")

    op.drop_table("service_item_versions")

    with op.batch_alter_table("case_tasks", schema=None) as batch_op:
        batch_op.drop_index("ix_case_tasks_open")
        batch_op.drop_index(batch_op.f("ix_case_tasks_application_id"))

    op.drop_table("case_tasks")

    with op.batch_alter_table("application_parts", schema=None) as batch_op:
        batch_op.drop_index("ix_application_parts_work")
        batch_op.drop_index("ix_application_parts_lists")
        batch_op.drop_index("ix_application_parts_staff")
        batch_op.drop_index("ix_application_parts_item")
        batch_op.drop_index("ix_application_parts_due")

    op.drop_table("application_parts")

    with op.batch_alter_table("application_drafts", schema=None) as batch_op:
        batch_op.drop_index("ix_application_drafts_of_conversation")
        batch_op.drop_index("ix_application_drafts_of_talent")

    op.drop_table("application_drafts")

    op.drop_table("service_items")

    op.drop_table("service_item_releases")

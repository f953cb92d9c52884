"""grass-roots service and demands"""

import sqlalchemy as sa
from alembic import op

import bot.store.base

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "benefit_lists",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("entitlement", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("made_by", sa.String(length=32), nullable=False),
        sa.Column("made_at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(length=32), nullable=True),
        sa.Column("published_at", bot.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benefit_lists")),
    )

    op.create_table(
        "challenges",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("host", sa.String(length=100), nullable=False),
        sa.Column("field", sa.String(length=32), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("updated_at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenges")),
    )

    op.create_table(
        "collection_periods",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collection_periods")),
    )

    op.create_table(
        "events",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("place", sa.String(length=100), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("organiser", sa.String(length=100), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("updated_at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )

    op.create_table(
        "expert_bases",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_bases")),
        sa.UniqueConstraint("name", name=op.f("uq_expert_bases_name")),
    )

    op.create_table(
        "plan_achievements",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_achievements")),
        sa.UniqueConstraint("year", "key", "name", name=op.f("uq_plan_achievements_year_key_name")),
    )

    op.create_table(
        "plan_figures",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("planned", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=4), nullable=False),
        sa.Column("basis", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("year", "key", name=op.f("pk_plan_figures")),
    )

    op.create_table(
        "programmes",
        sa.Column("key", sa.String(length=48), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("also", sa.JSON(), nullable=False),
        sa.Column("lead", sa.String(length=48), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("frequency", sa.String(length=200), nullable=False),
        sa.Column("term", sa.String(length=200), nullable=False),
        sa.Column("entry", sa.String(length=200), nullable=False),
        sa.Column("support", sa.JSON(), nullable=False),
        sa.Column("basis", sa.JSON(), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_programmes")),
    )

    op.create_table(
        "demands",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("period_id", sa.String(length=32), nullable=True),
        sa.Column("employer_id", sa.String(length=32), nullable=True),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("field", sa.String(length=32), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("education", sa.String(length=8), nullable=True),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("key_chain", sa.Boolean(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("created_at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_demands_employer_id")),
        sa.ForeignKeyConstraint(["period_id"], ["collection_periods.id"], name=op.f("fk_demands_period_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demands")),
    )

    with op.batch_alter_table("demands", schema=None) as batch_op:
        batch_op.create_index("ix_demands_of_employer", ["employer_id"], unique=False)
        batch_op.create_index("ix_demands_open", ["status", "region"], unique=False)

    op.create_table(
        "projects",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("programme", sa.String(length=48), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("host", sa.String(length=100), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("field", sa.String(length=32), nullable=False),
        sa.Column("term", sa.String(length=8), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("days", sa.Double(), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=True),
        sa.Column("updated_at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["programme"], ["programmes.key"], name=op.f("fk_projects_programme")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects")),
    )

    with op.batch_alter_table("projects", schema=None) as batch_op:
        batch_op.create_index("ix_projects_open", ["status", "region"], unique=False)

    op.create_table(
        "visits",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("employer_id", sa.String(length=32), nullable=True),
        sa.Column("conversation_id", sa.String(length=32), nullable=True),
        sa.Column("once_key", sa.String(length=64), nullable=True),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("topic", sa.String(length=100), nullable=False),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("wished", sa.String(length=64), nullable=False),
        sa.Column("place", sa.String(length=100), nullable=True),
        sa.Column("contact_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=True),
        sa.Column("arranged_for", sa.Date(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("created_at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_visits_employer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits")),
        sa.UniqueConstraint("once_key", name=op.f("uq_visits_once_key")),
    )

    with op.batch_alter_table("visits", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visits_conversation_id"), ["conversation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_visits_employer_id"), ["employer_id"], unique=False)

    op.create_table(
        "benefit_list_rows",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("list_id", sa.String(length=32), nullable=False),
        sa.Column("talent_id", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=True),
        sa.Column("by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["list_id"], ["benefit_lists.id"], name=op.f("fk_benefit_list_rows_list_id")),
        sa.ForeignKeyConstraint(["talent_id"], ["talents.id"], name=op.f("fk_benefit_list_rows_talent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benefit_list_rows")),
        sa.UniqueConstraint("list_id", "talent_id", name=op.f("uq_benefit_list_rows_list_id_talent_id")),
    )

    with op.batch_alter_table("benefit_list_rows", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_benefit_list_rows_talent_id"), ["talent_id"], unique=False)

    op.create_table(
        "challenge_claims",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("challenge_id", sa.String(length=32), nullable=False),
        sa.Column("talent_id", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("updated_at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenges.id"], name=op.f("fk_challenge_claims_challenge_id")
        ),
        sa.ForeignKeyConstraint(["talent_id"], ["talents.id"], name=op.f("fk_challenge_claims_talent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge_claims")),
        sa.UniqueConstraint(
            "challenge_id", "talent_id", name=op.f("uq_challenge_claims_challenge_id_talent_id")
        ),
    )

    with op.batch_alter_table("challenge_claims", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_challenge_claims_talent_id"), ["talent_id"], unique=False)

    op.create_table(
        "cooperations",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("talent_id", sa.String(length=32), nullable=False),
        sa.Column("employer_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("asked_at", bot.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_cooperations_employer_id")),
        sa.ForeignKeyConstraint(["talent_id"], ["talents.id"], name=op.f("fk_cooperations_talent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cooperations")),
    )

    with op.batch_alter_table("cooperations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cooperations_talent_id"), ["talent_id"], unique=False)

    op.create_table(
        "demand_matches",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("demand_id", sa.String(length=32), nullable=False),
        sa.Column("talent_id", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("asked_at", bot.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("updated_at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["demand_id"], ["demands.id"], name=op.f("fk_demand_matches_demand_id")),
        sa.ForeignKeyConstraint(["talent_id"], ["talents.id"], name=op.f("fk_demand_matches_talent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand_matches")),
        sa.UniqueConstraint("demand_id", "talent_id", name=op.f("uq_demand_matches_demand_id_talent_id")),
    )

    with op.batch_alter_table("demand_matches", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_demand_matches_talent_id"), ["talent_id"], unique=False)

    op.create_table(
        "event_sign_ups",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("event_id", sa.String(length=32), nullable=False),
        sa.Column("talent_id", sa.String(length=32), nullable=False),
        sa.Column("at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_event_sign_ups_event_id")),
        sa.ForeignKeyConstraint(["talent_id"], ["talents.id"], name=op.f("fk_event_sign_ups_talent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_sign_ups")),
        sa.UniqueConstraint("event_id", "talent_id", name=op.f("uq_event_sign_ups_event_id_talent_id")),
    )

    with op.batch_alter_table("event_sign_ups", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_sign_ups_talent_id"), ["talent_id"], unique=False)

    op.create_table(
        "participations",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("project_id", sa.String(length=32), nullable=False),
        sa.Column("talent_id", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("asked_at", bot.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("updated_at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_participations_project_id")),
        sa.ForeignKeyConstraint(["talent_id"], ["talents.id"], name=op.f("fk_participations_talent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participations")),
        sa.UniqueConstraint("project_id", "talent_id", name=op.f("uq_participations_project_id_talent_id")),
    )

    with op.batch_alter_table("participations", schema=None) as batch_op:
        batch_op.create_index("ix_participations_of_talent", ["talent_id", "updated_at"], unique=False)

    op.create_table(
        "project_notes",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("project_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=32), nullable=True),
        sa.Column("at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_project_notes_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_notes")),
    )

    with op.batch_alter_table("project_notes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_notes_project_id"), ["project_id"], unique=False)

    op.create_table(
        "service_days",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("talent_id", sa.String(length=32), nullable=False),
        sa.Column("project_id", sa.String(length=32), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("days", sa.Double(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("confirmed_by", sa.String(length=32), nullable=True),
        sa.Column("created_at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_service_days_project_id")),
        sa.ForeignKeyConstraint(["talent_id"], ["talents.id"], name=op.f("fk_service_days_talent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_days")),
    )

    with op.batch_alter_table("service_days", schema=None) as batch_op:
        batch_op.create_index("ix_service_days_of_talent", ["talent_id", "day"], unique=False)

    op.create_table(
        "opening_wishes",
        sa.Column("talent_id", sa.String(length=32), nullable=False),
        sa.Column("agreed_at", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("told_until", bot.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["talent_id"], ["talents.id"], name=op.f("fk_opening_wishes_talent_id")),
        sa.PrimaryKeyConstraint("talent_id", name=op.f("pk_opening_wishes")),
    )


def downgrade() -> None:
    op.drop_table("opening_wishes")

    with op.batch_alter_table("service_days", schema=None) as batch_op:
        batch_op.drop_index("ix_service_days_of_talent")

    op.drop_table("service_days")

    with op.batch_alter_table("project_notes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_project_notes_project_id"))

    op.drop_table("project_notes")

    with op.batch_alter_table("participations", schema=None) as batch_op:
        batch_op.drop_index("ix_participations_of_talent")

    op.drop_table("participations")

    with op.batch_alter_table("event_sign_ups", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_event_sign_ups_talent_id"))

    op.drop_table("event_sign_ups")

    with op.batch_alter_table("demand_matches", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_demand_matches_talent_id"))

    op.drop_table("demand_matches")

    with op.batch_alter_table("cooperations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cooperations_talent_id"))

    op.drop_table("cooperations")

    with op.batch_alter_table("challenge_claims", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_challenge_claims_talent_id"))

    op.drop_table("challenge_claims")

    with op.batch_alter_table("benefit_list_rows", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_benefit_list_rows_talent_id"))

    op.drop_table("benefit_list_rows")

    with op.batch_alter_table("visits", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visits_employer_id"))
        batch_op.drop_index(batch_op.f("ix_visits_conversation_id"))

    op.drop_table("visits")

    with op.batch_alter_table("projects", schema=None) as batch_op:
        batch_op.drop_index("ix_projects_open")

    op.drop_table("projects")

    with op.batch_alter_table("demands", schema=None) as batch_op:
        batch_op.drop_index("ix_demands_open")
        batch_op.drop_index("ix_demands_of_employer")

    op.drop_table("demands")

    op.drop_table("programmes")

    op.drop_table("plan_figures")

    op.drop_table("plan_achievements")

    op.drop_table("expert_bases")

    op.drop_table("events")

    op.drop_table("collection_periods")

    op.drop_table("challenges")

    op.drop_table("benefit_lists")

"""Alembic environment: always runs on the connection it is given."""

from alembic import context

from bot.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite alters tables by copying them
    compare_type=True,
    transactional_ddl=True,  # our SQLite sessions begin explicitly, so a failed upgrade leaves nothing
)
with context.begin_transaction():
    context.run_migrations()

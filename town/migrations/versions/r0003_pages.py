"""What pages keep between two requests: drafts, classes."""

import sqlalchemy as sa
from alembic import op

from town.migrations.first.columns import columns

revision = "0003"
down_revision = "0002"


def upgrade(service: str) -> None:
    """Make the table of the pages; no other service has one."""
    if service != "web":
        return
    op.create_table(
        "kept",
        *columns(sa.String(), "kind", "name"),
        *columns(sa.Integer(), "version"),
        *columns(sa.String(), "kept_at", "content"),
        sa.PrimaryKeyConstraint("kind", "name"),
    )

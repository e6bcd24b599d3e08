"""The list of acts that are stuck, at every service that has an agenda."""

import sqlalchemy as sa
from alembic import op

from town.migrations.first.columns import columns

revision = "0002"
down_revision = "0001"


def upgrade(service: str) -> None:
    """Make the list of one service; the gateway keeps what is stuck in its journal."""
    if service in ("gateway", "web"):
        return
    op.create_table(
        "stuckact",
        *columns(sa.String(), "run_id", "application_id", "kind", "since"),
        *columns(sa.Integer(), "number", "attempt", "failures"),
        *columns(sa.String(), "reason"),
        sa.PrimaryKeyConstraint("run_id", "application_id", "kind"),
    )

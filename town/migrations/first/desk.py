"""The first tables of every service, and of every desk that takes applications."""

import sqlalchemy as sa
from alembic import op

from town.migrations.first.columns import columns


def service() -> None:
    """A run, its agenda and its events."""
    op.create_table(
        "runrow",
        *columns(sa.String(), "run_id"),
        *columns(sa.JSON(), "content"),
        *columns(sa.String(), "fingerprint"),
        *columns(sa.JSON(), "added"),
        sa.PrimaryKeyConstraint("run_id"),
    )
    op.create_table(
        "act",
        *columns(sa.String(), "run_id", "application_id", "kind", "at"),
        *columns(sa.Integer(), "number", "attempt"),
        sa.PrimaryKeyConstraint("run_id", "application_id", "kind"),
    )
    op.create_index("ix_act_at", "act", ["at"])
    op.create_table(
        "eventrow",
        *columns(sa.String(), "run_id"),
        *columns(sa.Integer(), "id"),
        *columns(sa.String(), "application_id", "kind", "at"),
        *columns(sa.Integer(), "round"),
        *columns(sa.JSON(), "payload"),
        sa.PrimaryKeyConstraint("run_id", "id"),
    )


def desk() -> None:
    """What every service has, applications, and the book of what has no book of its own."""
    op.create_table(
        "applicationrow",
        *columns(
            sa.String(), "run_id", "application_id", "fingerprint", "group_id", "procedure", "path", "dossier"
        ),
        *columns(sa.JSON(), "form", "documents", "consents_needed", "consents_given", "conditions"),
        *columns(sa.String(), "consent_deadline", nullable=True),
        *columns(sa.String(), "declared_at", "arrived_at", "state"),
        *columns(sa.Integer(), "round", "returns"),
        *columns(
            sa.String(),
            "received_at",
            "due_at",
            "taken_up_at",
            "asked_at",
            "answer_by",
            "decided_at",
            nullable=True,
        ),
        *columns(sa.Integer(), "paused_seconds"),
        *columns(sa.Boolean(), "verified"),
        *columns(sa.String(), "reason"),
        *columns(sa.JSON(), "findings", "results"),
        sa.PrimaryKeyConstraint("run_id", "application_id"),
    )
    op.create_index("ix_applicationrow_state", "applicationrow", ["state"])
    op.create_table(
        "sentrow",
        *columns(sa.String(), "run_id", "application_id", "name", "fingerprint"),
        sa.PrimaryKeyConstraint("run_id", "application_id", "name"),
    )
    op.create_table(
        "generalentry",
        *columns(sa.String(), "run_id", "application_id", "kind"),
        *columns(sa.Integer(), "year", "number"),
        sa.PrimaryKeyConstraint("run_id", "application_id"),
        sa.UniqueConstraint("run_id", "kind", "year", "number"),
    )

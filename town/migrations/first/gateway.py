"""The first tables of the gateway and of the stories that live beside it."""

import sqlalchemy as sa
from alembic import op

from town.migrations.first.columns import columns


def gateway() -> None:
    """Runs, their events, kept answers; plays and their batches."""
    op.create_table(
        "run",
        *columns(sa.String(), "run_id", "terms", "now", "cursors", "held", "added"),
        *columns(sa.Boolean(), "opened"),
        *columns(sa.Integer(), "version"),
        *columns(sa.String(), "clock", "opened_at"),
        sa.PrimaryKeyConstraint("run_id"),
    )
    op.create_index("ix_run_clock", "run", ["clock"])
    op.create_table(
        "event",
        *columns(sa.String(), "run_id", "dossier"),
        *columns(sa.Integer(), "sequence"),
        *columns(sa.String(), "kind"),
        *columns(sa.String(), "procedure", nullable=True),
        *columns(sa.Integer(), "round"),
        *columns(sa.String(), "at", "actor", "payload", "previous_hash", "hash"),
        *columns(sa.String(), "source", nullable=True),
        sa.PrimaryKeyConstraint("run_id", "dossier", "sequence"),
        sa.UniqueConstraint("run_id", "source"),
    )
    op.create_table(
        "exchange",
        *columns(sa.String(), "run_id"),
        *columns(sa.Integer(), "number"),
        *columns(sa.String(), "entry"),
        sa.PrimaryKeyConstraint("run_id", "number"),
    )
    op.create_table(
        "executor",
        *columns(sa.String(), "executor", "beat_at"),
        sa.PrimaryKeyConstraint("executor"),
    )
    op.create_table(
        "errand",
        *columns(sa.String(), "errand", "kind", "about", "content", "state"),
        *columns(sa.Integer(), "attempts"),
        *columns(sa.String(), "next_try_at", "error", nullable=True),
        *columns(sa.String(), "made_at"),
        *columns(sa.String(), "ended_at", "chunk", nullable=True),
        sa.PrimaryKeyConstraint("errand"),
    )
    for name in ("about", "chunk", "state"):
        op.create_index(f"ix_errand_{name}", "errand", [name])
    op.create_table(
        "lease",
        *columns(sa.String(), "run_id", "holder", "until"),
        sa.PrimaryKeyConstraint("run_id"),
    )
    op.create_table(
        "keptanswer",
        *columns(sa.String(), "scope", "key", "fingerprint", "state", "epoch"),
        *columns(sa.Integer(), "status"),
        *columns(sa.LargeBinary(), "body"),
        *columns(sa.String(), "headers"),
        sa.PrimaryKeyConstraint("scope", "key"),
    )
    op.create_table(
        "batch",
        *columns(sa.String(), "batch", "keep"),
        *columns(sa.Float(), "limit_seconds"),
        sa.PrimaryKeyConstraint("batch"),
    )
    op.create_table(
        "play",
        *columns(sa.String(), "play", "batch"),
        *columns(sa.Integer(), "number"),
        *columns(sa.String(), "scenario"),
        *columns(sa.String(), "text", nullable=True),
        *columns(sa.BigInteger(), "seed", nullable=True),
        *columns(sa.String(), "state"),
        *columns(sa.String(), "verdict", "document", nullable=True),
        sa.PrimaryKeyConstraint("play"),
    )
    op.create_index("ix_play_batch", "play", ["batch"])
    op.create_index("ix_play_state", "play", ["state"])

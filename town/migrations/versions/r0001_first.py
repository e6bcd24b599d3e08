"""The tables of every service, as they were when PostgreSQL came."""

from town.migrations.first import books, desk, gateway

revision = "0001"
down_revision = None

_AGENCIES = ("civil_status", "residence", "social_insurance", "social_protection")


def upgrade(service: str) -> None:
    """Make the tables of one service."""
    if service == "web":
        return  # the pages came later
    if service == "gateway":
        gateway.gateway()
        return
    desk.service()
    if service in _AGENCIES:
        desk.desk()
    getattr(books, service)()

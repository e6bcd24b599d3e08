"""The procedures of the birth group, and when something happened to them."""

from datetime import datetime

BIRTH, RESIDENCE, CARD = "birth_registration", "permanent_residence", "health_insurance_card"
ALL = {BIRTH: "granted", RESIDENCE: "granted", CARD: "granted"}


def at(event: dict[str, str]) -> datetime:
    return datetime.fromisoformat(event["at"])

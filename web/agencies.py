"""What the parties of a case are called."""

from scenarios.parties import PARTIES
from web.words import N_, Words

CITIZEN, GATEWAY = "citizen", "gateway"
NAMES = {
    CITIZEN: N_("Người dân"),
    GATEWAY: N_("Cổng liên thông"),
}
# Which service answers for a source of prefilled fields.
ANSWERS_FOR = {
    "vneid": "population",
    "population": "population",
    "notice": "health",
    "insurance": "social_insurance",
    "residence": "residence",
}


def name_of(party: str, words: Words) -> str:
    """A party's name; one that is not known keeps the name that it has."""
    if party in PARTIES:
        return words.pick(*PARTIES[party])
    return words.say(NAMES[party]) if party in NAMES else party

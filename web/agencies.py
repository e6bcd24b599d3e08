"""What the parties of a case are called."""

from web.words import N_, Words

CITIZEN, GATEWAY = "citizen", "gateway"
NAMES = {
    CITIZEN: N_("Người dân"),
    GATEWAY: N_("Cổng liên thông"),
    "civil_status": N_("UBND xã (hộ tịch)"),
    "residence": N_("Công an xã"),
    "social_insurance": N_("BHXH"),
    "social_protection": N_("Bàn bảo trợ xã hội"),
    "population": N_("CSDL dân cư"),
    "health": N_("CSDL y tế"),
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
    return words.say(NAMES[party]) if party in NAMES else party

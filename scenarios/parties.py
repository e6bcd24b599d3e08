"""What the services of a town are called, in Vietnamese and English: wherever people read of them."""

PARTIES: dict[str, tuple[str, str]] = {
    "civil_status": ("UBND xã (hộ tịch)", "Commune civil status"),
    "residence": ("Công an xã", "Commune police"),
    "social_insurance": ("BHXH", "Social insurance"),
    "social_protection": ("Bàn bảo trợ xã hội", "Social-protection desk"),
    "population": ("CSDL dân cư", "Population registry"),
    "health": ("CSDL y tế", "Health registry"),
    "portal": ("Cổng dịch vụ công", "Public-service portal"),
}


def party(name: str, index: int) -> str:
    """A party in words; one not known keeps its name. ``index`` is 0 for Vietnamese, 1 for English."""
    return PARTIES[name][index] if name in PARTIES else name

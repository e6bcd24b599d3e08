"""Hospitals, health stations and offices of invented notices. Hospitals and stations say that they are."""

from mock_registries import places
from mock_registries.people_records import Address


def hospital_name(province_code: str) -> str:
    """The province's one invented hospital."""
    name = places.province_name(province_code).removeprefix("Tỉnh ").removeprefix("Thành phố ")
    return f"Bệnh viện đa khoa {name} (mô phỏng)"


def hospital_place(province_code: str) -> Address:
    """Where that hospital stands: in the province's first commune."""
    return Address(province_code, places.communes_of(province_code)[0], "")


def health_station_name(commune_code: str) -> str:
    """The commune's health station, where a child's card is first presented."""
    return f"Trạm y tế {_small(commune_code)} (mô phỏng)"


def commune_committee_name(commune_code: str) -> str:
    """The commune's People's Committee."""
    return f"Ủy ban nhân dân {_small(commune_code)}"


def commune_police_name(commune_code: str) -> str:
    """The commune's police."""
    return f"Công an {_small(commune_code)}"


def cemetery_name(commune_code: str) -> str:
    """The commune's cemetery."""
    return f"Nghĩa trang {_small(commune_code)}"


def _small(commune_code: str) -> str:
    """The commune's name with its kind in small letters, as inside a longer name."""
    name = places.commune_name(commune_code)
    return name[:1].lower() + name[1:]

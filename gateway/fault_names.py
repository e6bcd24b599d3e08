"""Faults must name what exists: a story about a procedure that nobody has would pass, and show nothing."""

from collections.abc import Collection, Iterable

from flow_model.catalogue import Catalogue
from flow_model.errors import FieldError, InvalidDeclaration
from flow_model.faults import PORTAL, Closed, OfficerDecides, compiled

_SERVICES = ("service", "to", "sender", "agency")


def require_known(faults: Iterable[Closed], catalogue: Catalogue, services: Collection[str]) -> None:
    """Raise InvalidDeclaration for a fault of an unknown service or procedure, or one that cannot happen."""
    procedures = {each.id: each for group in catalogue.groups.values() for each in group.procedures}
    errors: list[FieldError] = []
    for number, fault in enumerate(faults):
        for live in compiled([fault]):
            named = {name: getattr(live, name, None) for name in _SERVICES}
            for name, value in named.items():
                if value is not None and value not in (*services, PORTAL):
                    errors.append(_unknown(number, name, value, services))
            procedure = getattr(live, "procedure", None)
            if procedure is not None and procedure not in procedures:
                errors.append(_unknown(number, "procedure", procedure, procedures))
            elif isinstance(live, OfficerDecides) and live.decision == "return_to_issuer":
                errors += [] if procedures[live.procedure].requires else [_nothing_to_return(number)]
    if errors:
        raise InvalidDeclaration(
            " ".join(error.message_vi for error in errors),
            "; ".join(error.message_en for error in errors),
            errors=errors,
        )


def _unknown(number: int, name: str, value: str, known: Iterable[str]) -> FieldError:
    there = ", ".join(known)
    return FieldError(
        f"terms.faults.{number}.{name}",
        "unknown",
        f"Không có “{value}”; có: {there}.",
        f"there is no {value!r}; there are: {there}",
    )


def _nothing_to_return(number: int) -> FieldError:
    return FieldError(
        f"terms.faults.{number}.procedure",
        "nothing_to_return",
        "Thủ tục này không dùng giấy tờ do cơ quan khác cấp, không thể trả về cơ quan cấp.",
        "this procedure builds on no certificate of another one: nothing can go back to an issuer",
    )

"""What the law spares citizens, and what is theirs alone: consents, supplements, reasons, corrections."""

from collections.abc import Iterator

from flow_model.events import DECISIONS, Event
from flow_model.group import Consent, Effect
from measurement.referee.law_in_force import consents_needed, ends_at, term_of, window_closes_at
from measurement.referee.model import Offence, Record, acted_at
from measurement.referee.words import Both, at_the_latest, clock, told

MUST_SAY_WHY = ("rejected", "refused", "supplement_requested")


def consents_before_clock(record: Record) -> Iterator[Offence]:
    """The clock starts when the dossier and every confirmation are in, or when the window has closed."""
    for procedure in record.case.chosen():
        for received in record.own(procedure.id, "received"):
            missing = [
                consent
                for consent in consents_needed(record, procedure)
                if not _given(record, consent, received) and not _closed(record, consent, received)
            ]
            if missing:
                yield Offence(
                    received,
                    Both(
                        f"có đủ đồng ý: {', '.join(each.title_vi for each in missing)}",
                        f"every consent is in: {', '.join(each.title_en for each in missing)}",
                    ),
                    Both(f"{told(received).vi}, còn thiếu", f"{told(received).en}, without it"),
                )


def _given(record: Record, consent: Consent, received: Event) -> bool:
    return any(
        event.payload["party"] == consent.party and acted_at(event) <= acted_at(received)
        for event in record.of("consent_given")
    )


def _closed(record: Record, consent: Consent, received: Event) -> bool:
    closes_at = window_closes_at(record, consent)
    return closes_at is not None and closes_at <= acted_at(received)


def one_supplement_request(record: Record) -> Iterator[Offence]:
    """Everything that is missing is asked for at once: a second request makes the application late."""
    for procedure in record.case.procedures:
        for event in record.own(procedure, "supplement_requested")[1:]:
            yield Offence(
                event,
                Both("chỉ yêu cầu bổ sung một lần", "a supplement is asked for once"),
                Both(f"yêu cầu lần nữa: {told(event).vi}", f"asked for again: {told(event).en}"),
            )


def supplement_in_term(record: Record) -> Iterator[Offence]:
    """A supplement is taken in until the end of its term, and not after it."""
    term = term_of(record, "supplement")
    if term is None:
        return
    for procedure in record.case.procedures:
        for event in record.own(procedure, "supplemented"):
            asked = record.before(event, procedure, "supplement_requested")
            if asked and acted_at(event) > (due := ends_at(acted_at(asked[-1]), term)):
                yield Offence(event, at_the_latest(term, due), told(event), term)


def nothing_decided_while_awaited(record: Record) -> Iterator[Offence]:
    """While a supplement may still come nothing is decided; when its term is over, only against."""
    term = term_of(record, "supplement")
    for procedure in record.case.procedures:
        asked: Event | None = None
        for event in record.as_done(procedure):
            if event.kind == "supplement_requested":
                asked = event
            elif event.kind == "supplemented":
                asked = None
            elif event.kind in DECISIONS and asked is not None:
                over = term is not None and acted_at(event) > ends_at(acted_at(asked), term)
                if event.kind == "granted" or not over:
                    since = clock(acted_at(asked))
                    yield Offence(
                        event,
                        Both(
                            f"chờ bổ sung đã yêu cầu lúc {since.vi}", f"the supplement of {since.en} awaited"
                        ),
                        told(event),
                    )


def says_why(record: Record) -> Iterator[Offence]:
    """Who refuses, rejects or asks for more says why."""
    for event in record.of(*MUST_SAY_WHY):
        if not str(event.payload.get("reason") or "").strip():
            yield Offence(
                event,
                Both("nêu rõ lý do", "the reason is stated"),
                Both(f"{told(event).vi}, không có lý do", f"{told(event).en}, without a reason"),
            )


def error_goes_to_issuer(record: Record) -> Iterator[Offence]:
    """An error in a certificate goes back to the agency that issued it; the citizen is not asked."""
    for procedure in record.case.chosen():
        found: Event | None = None
        for event in record.as_done(procedure.id):
            if event.kind in ("received", "supplemented", "taken_up"):
                found = event if _found_error(event) else None
            elif found is not None and event.kind in ("supplement_requested", "rejected"):
                yield _to_issuer(event, told(event))
            elif event.kind == "returned_to_issuer" and event.payload["issuer"] not in procedure.requires:
                yield _to_issuer(event, Both(f"trả về {event.payload['issuer']}", _sent_to(event, "issuer")))
    for event in record.of("correction_requested"):
        finder = record.case.group.procedure(event.payload["found_by"])
        if event.procedure not in finder.requires:
            yield _to_issuer(event, told(event))


def _found_error(event: Event) -> bool:
    findings = event.payload.get("findings", ())
    return event.kind == "taken_up" and any(each["effect"] == Effect.RETURN for each in findings)


def _sent_to(event: Event, key: str) -> str:
    return f"returned to {event.payload[key]}"


def _to_issuer(event: Event, found: Both) -> Offence:
    expected = Both("trả lại cơ quan đã cấp giấy để sửa", "returned to the certificate's issuer to correct")
    return Offence(event, expected, found)

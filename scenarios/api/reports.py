"""Reports of plays over HTTP: JUnit XML and one HTML page."""

from collections.abc import Sequence
from typing import Any

from fastapi import Response

from flow_model.catalogue import catalogue
from flow_model.errors import NotAllowedNow
from scenarios.coverage import coverage
from scenarios.junit import junit_xml
from scenarios.ledger import PlayRecord
from scenarios.report import report_html
from scenarios.verdict import Played

XML: dict[int | str, dict[str, Any]] = {200: {"content": {"application/xml": {"schema": {"type": "string"}}}}}
HTML: dict[int | str, dict[str, Any]] = {200: {"content": {"text/html": {"schema": {"type": "string"}}}}}


def xml_of(records: Sequence[PlayRecord], name: str) -> Response:
    """The JUnit XML of plays that have ended."""
    return Response(junit_xml(ended(records), name=name), media_type="application/xml")


def html_of(records: Sequence[PlayRecord], name: str) -> Response:
    """The report of plays that have ended."""
    plays = ended(records)
    page = report_html(plays, coverage(plays, catalogue()), name=name)
    return Response(page, media_type="text/html; charset=utf-8")


def ended(records: Sequence[PlayRecord]) -> list[Played]:
    """What came of plays; NotAllowedNow while one goes on."""
    waiting = sum(record.played is None for record in records)
    if waiting:
        raise NotAllowedNow(f"Còn {waiting} lượt phát chưa xong", f"{waiting} plays have not ended yet")
    return [record.played for record in records if record.played is not None]

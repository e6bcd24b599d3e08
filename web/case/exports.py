"""A case as files: its events as CSV and JSON, its messages as a mermaid diagram."""

import csv
import io
import json
from collections.abc import Sequence

from web.agencies import name_of
from web.case.lenses import officer_s
from web.case.messages import Message, label_of, parties
from web.histories import Told
from web.words import Words


def as_csv(told: Told, words: Words) -> str:
    """The events; for a spreadsheet: with a mark that says UTF-8, and no cell that it would calculate."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["sequence", "at", "kind", "procedure", "round", "actor", "label", "text", "hash"])
    for raw, event in zip(told.raw, told.events, strict=True):
        row = [
            event.sequence,
            event.at.isoformat(),
            event.kind,
            event.procedure or "",
            event.round,
            event.actor,
            label_of(event, words),
            officer_s(raw, told, words),
            event.hash,
        ]
        writer.writerow([_harmless(str(cell)) for cell in row])
    return "\ufeff" + out.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def as_json(told: Told) -> str:
    """The events as the gateway tells them."""
    document = {"run": told.run["run_id"], "whole": told.whole, "events": list(told.raw)}
    return json.dumps(document, ensure_ascii=False, indent=2)


def as_mermaid(told: Told, arrows: Sequence[Message], words: Words) -> str:
    """The messages, to be pasted where mermaid is drawn."""
    present = parties(arrows, [each.agency for each in told.case.chosen()])
    lines = ["sequenceDiagram", f"  %% MÔ PHỎNG · {told.name}"]
    lines += [f"  participant {party} as {name_of(party, words)}" for party in present]
    for each in arrows:
        label = each.label.replace(";", ",").replace(":", "꞉").replace("#", "")
        way = "--x" if each.trouble else "->>"
        when = f"{each.at:%d/%m %H.%M}"
        if each.sender == each.receiver:
            lines.append(f"  Note over {each.sender}: {when} {label}")
        else:
            lines.append(f"  {each.sender}{way}{each.receiver}: {when} {label}")
    return "\n".join(lines) + "\n"

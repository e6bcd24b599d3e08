"""A study as files: the first replication of each law as Parquet, and the figures as JSON."""

import json
from pathlib import Path
from typing import Any

from flow_model.catalogue import catalogue
from simulator.country import country
from simulator.output import YearFiles, write_events_view
from simulator.plan import held
from simulator.study import Cell, Keep, Order
from simulator.year import national_year

Json = dict[str, Any]


class StudyFiles:
    """Keeps the dossiers of the cells that are to be written, while they are counted."""

    def __init__(self, folder: Path, order: Order) -> None:
        self._folder = folder
        self._first = order.laws[0]
        self.cells = [cell for cell in order.cells() if cell.number == 0]
        self._years: dict[Cell, YearFiles] = {}

    def keeper(self, cell: Cell) -> Keep | None:
        """What keeps this cell; None if it is not to be written."""
        if cell not in self.cells:
            return None
        group = catalogue().group(cell.group)
        self._years[cell] = YearFiles(
            self._folder,
            cell.group,
            cell.law,
            [each.id for each in held(group, cell.law)],
            [kind.id for kind in national_year(group, cell.law).kinds],
            country(before_2025=cell.order.before_2025),
            mark="" if cell.law == self._first else f"-{cell.law}",
        )
        return self._years[cell].keep

    def close(self, document: Json) -> None:
        """Finish the files, and put the figures beside them."""
        for each in self._years.values():
            each.close()
        write_events_view(self._folder, self._years.values())
        rows = sum(each.applications for each in self._years.values())
        document["written"] = {"folder": str(self._folder), "applications": rows}
        text = json.dumps(document, ensure_ascii=False, indent=2)
        (self._folder / "study.json").write_text(text, encoding="utf-8")

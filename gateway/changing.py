"""What a supplement changes in a declaration, and what it may not change any more."""

from dataclasses import replace
from typing import Any

from flow_model.case import Case
from flow_model.documents import changed
from flow_model.errors import Refused
from gateway.declaring import validated
from gateway.dossiers import Dossier

Json = dict[str, Any]


def with_changes(found: Dossier, changes: Json) -> Case:
    """The case as it is declared from now on.

    Raises InvalidDeclaration, and Refused: a result stands in a book under whom it is about.
    """
    case, key = found.case, found.case.group.natural_key
    if not changes:
        return case
    document = changed(case.declaration.model_dump(mode="json", exclude_unset=True), changes)
    after = replace(case, declaration=validated(case.group, document))
    if found.progress.results() and key(after.declaration) != key(case.declaration):
        raise Refused(
            "Hồ sơ đã có kết quả: bổ sung không đổi được người được khai. Hãy khai hồ sơ khác.",
            "There are results already: a supplement does not change whom they are about. Declare anew.",
        )
    return after

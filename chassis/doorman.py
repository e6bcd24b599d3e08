"""Whoever would be turned away at the gate is turned away before a task, and all that it needs, is begun.

With five times as many as can be served, four are turned away for one who is served: what that costs is
taken from whoever is served.
"""

from starlette.types import Scope

from chassis.admission import Admission, TooManyRequests
from chassis.heads import read_head
from chassis.metrics import Metrics
from chassis.quick_answers import Rendered, rendered
from chassis.watching import WATCHING
from flow_model.errors import Busy, SandboxError


class Doorman:
    """Stands before an app: whoever serves it asks him first."""

    def __init__(self, app: object, admission: Admission, metrics: Metrics) -> None:
        self._app, self._admission, self._metrics = app, admission, metrics

    def turns_away(self, scope: Scope) -> Rendered | None:
        """The answer for whom there is not even room to wait; None for all others, and for what is amiss."""
        if scope["path"] in WATCHING or scope["method"] == "HEAD":
            return None
        try:
            self._admission.look(read_head(scope))
        except (Busy, TooManyRequests) as refusal:
            self._metrics.refused(refusal.slug)
            return rendered(refusal, {**scope, "app": self._app})
        except SandboxError:
            return None  # the gate says what it is
        return None

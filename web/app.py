"""The composition root of the pages' process, and the list of their sections."""

from fastapi import FastAPI

from chassis.admission import Admission
from chassis.app import build_app
from chassis.client import ServiceClient
from chassis.clock import Clock, WallClock
from chassis.storage import Where, open_store
from flow_model.catalogue import Catalogue
from web import home, lineage_page, preferences
from web.assets import asset_routes, assets
from web.case import pages as case
from web.classroom import pages as classroom
from web.dashboard import pages as dashboard
from web.declaring import section as declaring
from web.desk import section as desk
from web.flights import Flights
from web.frame import Frame
from web.guard import Guard
from web.handouts import section as handouts
from web.keeping import Keeping, KeptRow
from web.memory import Memory
from web.problem_pages import ProblemPages
from web.race import pages as race
from web.section import Parts, Section
from web.tester import pages as tester
from web.viewer import Looking

# In the order of the navigation. A new section is added here, and nowhere else.
SECTIONS: tuple[Section, ...] = (
    home.SECTION,
    declaring.SECTION,
    race.SECTION,
    case.SECTION,
    desk.SECTION,
    lineage_page.SECTION,
    classroom.SECTION,
    dashboard.SECTION,
    tester.SECTION,
    handouts.SECTION,
    preferences.SECTION,
)
VERSION = "1.0.0"
PATIENCE_SECONDS = 3.0


def build(
    store_path: Where, client: ServiceClient, catalogue: Catalogue, clock: Clock | None = None
) -> FastAPI:
    """The app of the pages; ``store_path`` None keeps drafts in memory."""
    clock = clock or WallClock()
    store = open_store(store_path, [KeptRow], schema="web")
    frame = Frame([section.place for section in SECTIONS if section.place is not None])
    parts = Parts(
        frame=frame,
        client=client,
        catalogue=catalogue,
        keeping=Keeping(store, clock),
        clock=clock,
        memory=Memory(),
        stopping=lambda: bool(app.state.admission.stopping),
        flights=Flights(),
    )
    app = build_app(
        title="Trang liên thông (mô phỏng)",
        version=VERSION,
        description="Các trang cho người dân, cán bộ, người kiểm thử và giảng viên. MÔ PHỎNG.",
        store=store,
        routers=[asset_routes(assets()), *(section.routes(parts) for section in SECTIONS)],
        forms=True,
        # A person waits a moment rather than being sent away.
        admission=Admission(patience_seconds=PATIENCE_SECONDS),
    )
    # From the inside out: a form of another site is refused, problems become pages, and first of all it is
    # found out who looks.
    app.add_middleware(ProblemPages, frame=frame)
    app.add_middleware(Guard)
    app.add_middleware(Looking, default=lambda: app.state.language)
    app.state.store = store
    return app

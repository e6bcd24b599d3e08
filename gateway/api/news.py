"""For somebody else's agency: say that there is something to hear, without waiting to be asked.

What it has to tell is not in the request. It is read where it always is, signed and numbered, so nothing
that is said here has to be believed, and saying it twice does no harm.
"""

from fastapi import APIRouter, Response

from chassis.problems import problem_responses
from gateway.api.registries import known_service
from gateway.api.shapes import RunName, ServiceName
from gateway.parts import Parts


def news_routes(parts: Parts) -> APIRouter:
    """One route, under the name of a service."""
    router = APIRouter(
        prefix="/runs/{run_id}",
        tags=["runs"],
        responses=problem_responses(400, 404, 409, 422, 500, 502, 503),
    )

    @router.post(
        "/news/{service}",
        status_code=204,
        summary="A service has something to tell: it is asked now, and not a little later",
    )
    async def news(run_id: RunName, service: ServiceName) -> Response:
        await parts.driver.told_of_news(run_id, known_service(parts, service))
        return Response(status_code=204)

    return router

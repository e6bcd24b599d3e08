"""What a process tells whoever watches it, in the words of Prometheus: how much, how long, how often not.

What happens is counted where it happens. What stands somewhere (places, breakers, errands) is looked at only
when it is asked for. Routes are told by their template and problems by their kind, never by what somebody
asked for: no label holds anything of a person, and there are only so many of them.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric

from chassis.admission import Admission
from chassis.client import ServiceClient
from chassis.clock import seconds_passed
from chassis.storage import Store

PATH = "/metrics"
# From one look into a table to the longest that a caller of ours waits.
_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
Look = Callable[[], Mapping[tuple[str, ...], float]]
Family = type[GaugeMetricFamily] | type[CounterMetricFamily]


class Metrics:
    """The figures of one app."""

    def __init__(self, admission: Admission, store: Store | None = None) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._requests = self._seconds_of("sandbox_request", "Requests answered", "method", "route", "status")
        self._calls = self._seconds_of("sandbox_call", "Calls of other services", "service", "outcome")
        self._commits = self._seconds_of("sandbox_commit", "Commits, each of all the work of a moment")
        self._refused = Counter(
            "sandbox_refused",
            "Requests turned away before anything was done, by the kind of problem",
            ("problem",),
            registry=self._registry,
        )
        self.look("sandbox_places", "Places for requests from outside", (), lambda: {(): admission.places})
        self.look(
            "sandbox_at_work",
            "Requests that hold a place or wait for one",
            (),
            lambda: {(): admission.at_work},
        )
        if store is not None:
            self._watch(store)

    def _seconds_of(self, name: str, told: str, *labels: str) -> Histogram:
        return Histogram(f"{name}_seconds", told, labels, registry=self._registry, buckets=_SECONDS)

    def _watch(self, store: Store) -> None:
        before = store.around_commit

        def timed(commit: Callable[[], None]) -> None:
            began = seconds_passed()
            before(commit)
            self._commits.observe(seconds_passed() - began)

        store.around_commit = timed
        self.look(
            "sandbox_failed_commits",
            "Commits that failed",
            (),
            lambda: {(): store.failures},
            CounterMetricFamily,
        )

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered; ``route`` is its template, or empty where there is none."""
        self._requests.labels(method, route, str(status)).observe(seconds)

    def refused(self, problem: str) -> None:
        """A request was turned away at the door."""
        self._refused.labels(problem).inc()

    def called(self, service: str, outcome: str, seconds: float) -> None:
        """Another service was called: a class of status such as 2xx, or why there was no answer."""
        self._calls.labels(service, outcome).observe(seconds)

    def watch_calls(self, client: ServiceClient) -> None:
        """Count the calls of a client, and look at whom it gave up for the moment."""
        client.told = self.called
        self.look(
            "sandbox_service_gone",
            "1 while nobody is sent to a service that was gone a moment ago",
            ("service",),
            lambda: {(service,): float(is_gone) for service, is_gone in client.gone().items()},
        )

    def look(
        self, name: str, told: str, labels: tuple[str, ...], look: Look, family: Family = GaugeMetricFamily
    ) -> None:
        """A figure that is looked at whenever somebody asks: values by the values of its labels.

        ``family``: of a figure that only grows, CounterMetricFamily, which adds ``_total`` to its name.
        """
        self._registry.register(_Looked(partial(family, name, told, labels=labels), look))

    def told(self, accept: str) -> tuple[bytes, str]:
        """All of it, and what kind of text it is."""
        encode, kind = choose_encoder(accept)
        return encode(self._registry), kind


class _Looked:
    def __init__(self, empty: Callable[[], GaugeMetricFamily | CounterMetricFamily], look: Look) -> None:
        self._empty, self._look = empty, look

    def describe(self) -> Iterator[Metric]:
        yield self._empty()

    def collect(self) -> Iterator[Metric]:
        family = self._empty()
        for values, value in self._look().items():
            family.add_metric(values, value)
        yield family

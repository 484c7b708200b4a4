"""What Prometheus scrapes: the counts of the process, read when it asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from bilan.observe.hj212.gateway.counts import Counts

if TYPE_CHECKING:
    from prometheus_client.core import Metric

_COUNTERS = {
    "connections": "Connections accepted",
    "turned_away": "Connections closed because there were too many",
    "bytes": "Bytes received",
    "frames": "Frames found, damaged ones included",
    "noise": "Bytes outside of frames, of closed connections",
    "stored": "Frames on the disk",
    "answered": "Answers (9014, 9013) handed to a connection",
    "commits": "Group commits",
    "commit_seconds": "Seconds spent waiting for the disk",
    "commit_failures": "Group commits that the disk refused",
    "slowed": "Times an outlet sent faster than its rate",
}
_LABELLED = {
    "refused": ("reason", "Frames refused (crc, damaged, unknown-mn, password, cipher)"),
    "closed": ("reason", "Connections closed by the gateway"),
    "commands": ("state", "Commands to devices by how they ended"),
}
_GAUGES = {
    "connected": "Connections open",
    "waiting_frames": "Frames that wait for the disk",
    "waiting_bytes": "Bytes that wait for the disk",
    "full": "1 while the disk has no room and nothing is acknowledged",
}


class Collector:
    """The metrics of one gateway process; ``gauges`` are further values, by name, read at each scrape."""

    def __init__(self, counts: Counts, gauges: dict[str, tuple[str, Callable[[], float]]]) -> None:
        self._counts, self._gauges = counts, gauges

    def collect(self) -> Iterator[Metric]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        for name, text in _COUNTERS.items():
            yield CounterMetricFamily(f"bilan_hj212_{name}", text, value=float(getattr(self._counts, name)))
        for name, (label, text) in _LABELLED.items():
            family = CounterMetricFamily(f"bilan_hj212_{name}", text, labels=[label])
            for value, count in sorted(dict(getattr(self._counts, name)).items()):
                family.add_metric([value], count)
            yield family
        for name, text in _GAUGES.items():
            yield GaugeMetricFamily(f"bilan_hj212_{name}", text, value=float(getattr(self._counts, name)))
        for name, (text, read) in self._gauges.items():
            yield GaugeMetricFamily(f"bilan_hj212_{name}", text, value=read())


def serve_metrics(host: str, port: int, collector: Collector) -> Callable[[], None]:
    """Serve ``http://host:port/metrics`` from a thread; call what is returned to stop."""
    from prometheus_client import CollectorRegistry, start_http_server

    registry = CollectorRegistry()
    registry.register(collector)
    server: Any
    server, thread = start_http_server(port, host, registry)

    def stop() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return stop

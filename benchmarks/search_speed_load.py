"""Clients of the speed benchmark: requests over kept-alive connections, timed until the last byte has arrived."""

import random
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote

FACETS = "outlet,topic,tone,city_tone"
_SHARES = (50, 95, 99)


@dataclass
class Round:
    """What one round of requests took: milliseconds by shape, errors, seconds of the whole."""

    times: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def all_times(self) -> list[float]:
        """The times of all requests."""
        return [value for values in self.times.values() for value in values]


def ask_round(port: int, queries: list[tuple[str, str]], clients: int) -> Round:
    """Every (shape, query) once, by so many clients at the same time."""
    done = Round()
    work = random.Random(3).sample(queries, len(queries))

    def one_client(share: list[tuple[str, str]]) -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=120)
        for shape, query in share:
            began = time.perf_counter()
            connection.request("GET", f"/api/v1/search?q={quote(query)}&limit=20&facets={FACETS}", headers={"Accept-Encoding": "gzip"})
            answer = connection.getresponse()
            answer.read()
            done.times.setdefault(shape, []).append((time.perf_counter() - began) * 1000)
            if answer.status != 200:
                done.errors.append(f"{answer.status} {query}")
        connection.close()

    began = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(one_client, [work[place::clients] for place in range(clients)]))
    done.seconds = time.perf_counter() - began
    return done


def told(rounds: list[Round]) -> dict[str, Any]:
    """p50, p95, p99 over all requests with their least and greatest value over the rounds, requests a second, errors, slowest shapes."""
    merged: dict[str, list[float]] = {}
    for one in rounds:
        for shape, values in one.times.items():
            merged.setdefault(shape, []).extend(values)
    every = [value for values in merged.values() for value in values]
    slowest = sorted(merged, key=lambda shape: -statistics.median(merged[shape]))[:6]
    return {
        "requests": len(every),
        **quantiles(every),
        "p50 of rounds": _spread([quantiles(one.all_times)["p50"] for one in rounds]),
        "p95 of rounds": _spread([quantiles(one.all_times)["p95"] for one in rounds]),
        "requests_per_s": round(len(every) / sum(one.seconds for one in rounds), 1),
        "errors": [error for one in rounds for error in one.errors][:3],
        "slowest shapes": {shape: round(statistics.median(merged[shape]), 1) for shape in slowest},
    }


def quantiles(values: list[float]) -> dict[str, float]:
    """p50, p95 and p99."""
    ordered = sorted(values)
    return {f"p{share}": round(ordered[min(len(ordered) - 1, len(ordered) * share // 100)], 2) for share in _SHARES}


def _spread(values: list[float]) -> list[float]:
    return [min(values), max(values)]

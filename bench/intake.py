"""Goals 1 and 2: the acceptance of a submission beside the least view that does the same work, in alternating rounds."""

import json
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import psycopg

from bench import bodies, floor, load, servers
from bench.load import Call, Result
from bench.servers import HOST, Database, Server

ROUNDS = 5
REQUESTS = 1_200


@dataclass
class Measure:
    """What several rounds of one kind of request cost."""

    cpu: list[float] = field(default_factory=list)
    rate: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    worst: list[float] = field(default_factory=list)
    errors: int = 0

    def add(self, result: Result, cpu: float, expected: Iterable[int]) -> None:
        """Take in a round; an answer that was not expected is an error, and is counted."""
        self.cpu.append(cpu / len(result.answers) * 1e6)
        self.rate.append(result.rate)
        self.p50.append(result.latency(0.5))
        self.p99.append(result.latency(0.99))
        self.worst.append(result.latency(1))
        self.errors += sum(1 for one in result.answers if one.status not in set(expected))

    @property
    def cost(self) -> float:
        """Median processor time of one, server and database, in microseconds."""
        return statistics.median(self.cpu)

    def line(self, name: str, least: float | None) -> str:
        """A row of the table."""
        ratio = f"{self.cost / least:>7.2f}x" if least else " " * 8
        span = f"[{min(self.cpu):.0f}–{max(self.cpu):.0f}]"
        return (
            f"{name:<44}{self.cost:>7.0f} {span:<13}{ratio}{statistics.median(self.rate):>9.0f}"
            f"{statistics.median(self.p50):>8.1f}{statistics.median(self.p99):>8.1f}{max(self.worst):>8.1f}{self.errors:>7}"
        )


HEAD = f"{'operation':<44}{'CPU µs':>7} {'[min–max]':<13}{'to floor':>8}{'per s':>9}{'p50 ms':>8}{'p99 ms':>8}{'max ms':>8}{'errors':>7}"


class Kitchen:
    """Fresh bodies, spread over clients."""

    def __init__(self, key: str) -> None:
        self._key, self._seed = key, 1000

    def calls(self, many: int, key: str | None = None) -> list[Call]:
        """Requests for new applications."""
        self._seed += 1
        return [load.post(HOST, "/api/v1/submissions", key or self._key, body) for _, body in bodies.applications(many, self._seed)]

    @staticmethod
    def spread(calls: Sequence[Call], clients: int) -> list[list[Call]]:
        """The calls of each client."""
        return [list(calls[place::clients]) for place in range(clients)]


def measure(url: str, key: str) -> None:
    """The tables."""
    database = Database.at(url)
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        floor.tables(connection)
    kitchen = Kitchen(key)
    product_of = {"BACKOFFICE_PART": "intake"}
    with (
        servers.granian("wsgi:door", interface="rsgi", environment=product_of) as product,
        servers.granian("bench.floor:app", interface="wsgi", environment={"BENCH_KEY": key}) as least,
    ):
        idle = product.memory_kb()
        accepted, bare = Measure(), Measure()
        refused, again = Measure(), Measure()
        alone = {1: Measure(), 16: Measure()}
        for round_ in range(ROUNDS + 1):  # the first one warms up
            fresh = kitchen.spread(kitchen.calls(REQUESTS), 16)
            _take(database, product, fresh, accepted, round_, {201})
            _take(database, least, kitchen.spread(kitchen.calls(REQUESTS), 16), bare, round_, {201})
            _take(database, product, fresh, again, round_, {200})
            _take(database, product, kitchen.spread(kitchen.calls(REQUESTS, "bo_wrong"), 16), refused, round_, {401})
            for clients, into in alone.items():
                _take(database, product, kitchen.spread(kitchen.calls(REQUESTS // 2), clients), into, round_, {201})
        print(f"\nSubmissions, 16 connections, {ROUNDS} alternating rounds of {REQUESTS}; CPU of web server and PostgreSQL together\n{HEAD}")
        print(bare.line("floor: bare view, same work", None))
        print(accepted.line("accepted (goal: 1.25x)", bare.cost))
        print(again.line("the same again (goal: 1.0x of an acceptance)", accepted.cost))
        print(refused.line("refused: wrong key (goal: 0.35x)", accepted.cost))
        print(alone[1].line("accepted, 1 client", alone[16].cost))
        print(alone[16].line("accepted, 16 clients", None))
        _thousand(database, product, least, kitchen, idle)


def _take(database: Database, server: Server, clients: Sequence[Sequence[Call]], into: Measure, round_: int, expected: set[int]) -> None:
    before = server.cpu() + database.cpu()
    result = load.run(HOST, server.port, clients)
    used = server.cpu() + database.cpu() - before
    if round_:
        into.add(result, used, expected)


def _thousand(database: Database, product: Server, least: Server, kitchen: Kitchen, idle: int) -> None:
    """A thousand connections at once."""
    crowd, bare = Measure(), Measure()
    for round_ in range(1, 4):
        _take(database, least, kitchen.spread(kitchen.calls(4_000), 1_000), bare, round_, {201})
        _take(database, product, kitchen.spread(kitchen.calls(4_000), 1_000), crowd, round_, {201})
    print(f"\nA thousand connections, 4 requests each\n{HEAD}")
    print(bare.line("floor", None))
    print(crowd.line("accepted (goal: 0 errors)", bare.cost))
    print(f"memory of the 2 intake workers: {idle / 1024:.0f} MB idle, {product.memory_kb() / 1024:.0f} MB after (goals: 220 MB, +60 MB)")


def settling(url: str, settle: Callable[[], int], arrivals: int) -> None:
    """Goal 2, decision: how long the clerk takes for those that the rounds above left pending."""
    database = Database.at(url)
    begun, cpu = time.perf_counter(), time.process_time() + database.cpu()
    done = settle()
    took, used = time.perf_counter() - begun, time.process_time() + database.cpu() - cpu
    print(
        f"\nclerk: {done} arrivals decided and their cases opened in {took:.1f} s, {done / took:.0f} a second, {used / max(done, 1) * 1e3:.2f} ms CPU each"
    )
    assert done >= arrivals, f"only {done} of {arrivals}"


if __name__ == "__main__":
    measure(json.loads(sys.argv[1])["url"], json.loads(sys.argv[1])["key"])

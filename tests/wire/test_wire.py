"""Whoever is slow, silent, huge or lying is cut off cleanly, and nobody else waits for it (bad input on the wire itself)."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress

import pytest

from bench import load
from tests.wire.conftest import HOST, Heard, Server, Stage, closed, healthy, hear, running, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

MEBIBYTE = 1024 * 1024


@pytest.fixture(autouse=True)
def _mended(stage: Stage) -> Iterator[None]:
    yield
    stage.relay.thaw()
    stage.relay.mend()


def accepted(server: Server, many: int = 1, seconds: float = 5) -> None:
    """Others are served meanwhile, and soon."""
    for name, body in server.stage.applications(many):
        answer = server.submit(body)
        assert (answer.status, answer.json()["submission_id"]) == (201, name)
        assert answer.seconds < seconds


def problem(answer: Heard, status: int, code: str) -> None:
    assert answer.status == status, (answer, answer.body[:300])
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"].endswith(code)


# Slow and silent


def test_bodies_that_trickle_hold_nobody_up_and_are_cut_off(intake: Server):
    with ExitStack() as stack:
        slow = [stack.enter_context(intake.wire()) for _ in range(50)]
        for wire in slow:
            wire.sendall(intake.head(1_000) + b"{")
        begun, stop = time.monotonic(), threading.Event()
        threading.Thread(target=trickle, args=(slow, stop), daemon=True).start()
        accepted(intake, 10)
        answers = [hear(wire) for wire in slow]
        stop.set()
        assert 1.5 < time.monotonic() - begun < 15
        for answer in answers:
            problem(answer, 408, "timeout")
    accepted(intake)


def trickle(wires: list[socket.socket], stop: threading.Event) -> None:
    """A byte a second each."""
    while not stop.wait(1):
        for wire in wires:
            with suppress(OSError):
                wire.sendall(b" ")


def test_two_thousand_silent_connections_and_half_heads_cost_nobody_anything(intake: Server):
    with ExitStack() as stack:
        silent = [stack.enter_context(intake.wire()) for _ in range(2_000)]
        half = [stack.enter_context(intake.wire()) for _ in range(50)]
        for wire in half:
            wire.sendall(b"POST /api/v1/submissions HTTP/1.1\r\nHost: test\r\nContent-Le")
        accepted(intake, 10)
        assert healthy(intake)
        assert all(closed(wire, 20) for wire in half), "half a head is waited for without end"
        assert all(closed(wire, 20) for wire in silent[::100]), "who says nothing is kept without end"
    accepted(intake)


def test_a_body_shorter_than_announced_is_no_application(intake: Server):
    name, body = intake.stage.applications(1)[0]
    with intake.wire() as wire:
        wire.sendall(intake.head(len(body) + 10) + body)
        problem(hear(wire), 408, "timeout")
    with intake.wire() as wire:
        wire.sendall(intake.head(len(body) + 10) + body)
        wire.shutdown(socket.SHUT_WR)
        answer = hear(wire)
    assert answer.status in {0, 400, 408}, answer
    assert intake.stage.kept([name]) == set()
    accepted(intake)


def test_what_follows_a_body_is_another_request_or_none(intake: Server):
    (name, body), (_, second) = intake.stage.applications(2)
    with intake.wire() as wire:
        wire.sendall(intake.head(len(body)) + body + b"}garbage\r\n\r\n")
        assert hear(wire).status == 201
        assert hear(wire).status in {0, 400}
    assert intake.stage.kept([name]) == {name}
    with intake.wire() as wire:
        wire.sendall(intake.head(len(second) - 5) + second)
        problem(hear(wire), 400, "malformed")
    accepted(intake)


# Large and lying


def test_a_hundred_megabytes_announced_are_refused_at_once_without_being_read(intake: Server):
    for path in ("/api/v1/submissions", "/api/v1/payments", "/", "/api/v1/submissions/x/messages"):
        answer = intake.send(intake.head(1024 * MEBIBYTE, path=path), 5)
        problem(answer, 413, "too-large")
        assert answer.seconds < 2
    answer = intake.send(intake.head(100 * MEBIBYTE), 5)
    problem(answer, 413, "too-large")
    assert answer.seconds < 2


@pytest.mark.parametrize("path", ["/api/v1/submissions", "/api/v1/payments"])
def test_a_body_in_chunks_is_refused_as_soon_as_it_passes_the_limit(intake: Server, path: str):
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    with intake.wire() as wire:
        wire.sendall(intake.head(None, "Transfer-Encoding: chunked\r\n", path=path))
        sent = 0
        try:
            while sent < 8 * MEBIBYTE:
                wire.sendall(chunk)
                sent += 0x10000
            wire.sendall(b"0\r\n\r\n")
        except ConnectionError:
            pass
        answer = hear(wire)
    assert answer.status in {413, 0}, answer  # 0: what was still being sent broke the line before the answer was read
    assert sent < 8 * MEBIBYTE, "it was read to its end"
    accepted(intake)


def test_a_body_in_chunks_is_an_application_like_another(intake: Server):
    name, body = intake.stage.applications(1)[0]
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[at : at + 100] for at in range(0, len(body), 100)))
    answer = intake.send(intake.head(None, "Transfer-Encoding: chunked\r\n") + chunks + b"0\r\n\r\n")
    assert (answer.status, answer.json()["submission_id"]) == (201, name)


@pytest.mark.parametrize("length", ["-1", "9" * 30, "many", "1e3", "+5", "0x10", "12 34", "٣"])
def test_a_length_that_is_none_is_refused(intake: Server, length: str):
    with intake.wire(5) as wire:
        wire.sendall(intake.head(None).replace(b"\r\n\r\n", f"\r\nContent-Length: {length}\r\n\r\n".encode()) + b"{}")
        answer = hear(wire)
    assert answer.status in {400, 413}, answer
    assert healthy(intake)


def test_two_lengths_that_differ_are_refused(intake: Server):
    assert intake.send(intake.head(2, "Content-Length: 30\r\n") + b"{}", 5).status == 400
    answer = intake.send(intake.head(2, "Transfer-Encoding: chunked\r\n") + b"0\r\n\r\n", 5)
    assert answer.status in {0, 400}, answer


@pytest.mark.parametrize(
    "data",
    [b"\x16\x03\x01\x02\x00\x01", b"GET / HTTP/9.9\r\n\r\n", b"POST\r\n\r\n", b"GET /" + b"a" * 900_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", b"\x00" * 500 + b"\r\n\r\n",
     b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(5_000)) + b"\r\n"],
    ids=["TLS", "version", "no path", "long path", "nulls", "many headers"],
)  # fmt: skip
def test_what_is_no_request_is_refused_or_cut_off(intake: Server, data: bytes):
    assert intake.send(data, 15).status in {0, 400, 414, 431, 505}
    assert healthy(intake)


@pytest.mark.parametrize("path", ["/", "/cases", "/sign-in", "/nothing", "//", "/api/v1/nothing", "/%00", "/%ff%fe", "/../../etc/passwd"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_intake_has_no_pages_and_says_so_to_a_machine(intake: Server, method: str, path: str):
    answer = intake.send(intake.head(2, method=method, path=path) + b"{}", 10)
    assert answer.status in {404, 405}, answer
    assert answer.headers["content-type"] == "application/problem+json"


# Pipelines, and those who leave


def test_requests_sent_ahead_are_answered_in_their_order_and_starve_nobody(intake: Server):
    mine = intake.stage.applications(500)
    with intake.wire(90) as wire:
        sender = threading.Thread(target=wire.sendall, args=(b"".join(intake.head(len(body)) + body for _, body in mine),), daemon=True)
        sender.start()
        others = threading.Thread(target=accepted, args=(intake, 10), daemon=True)
        others.start()
        answers = [hear(wire)]
        begun = time.monotonic()
        accepted(intake, 10)
        while len(answers) < 500:
            answers.append(hear(wire))
        assert begun
        sender.join(), others.join()
    assert [answer.json()["submission_id"] for answer in answers] == [name for name, _ in mine]
    numbers = [answer.json()["receipt"]["sequence"] for answer in answers]
    assert numbers == sorted(numbers)
    assert numbers[-1] - numbers[0] >= 509, "the others came in between, not after"


def test_what_was_kept_stays_kept_though_its_sender_hung_up(intake: Server):
    mine = intake.stage.applications(50)
    for _, body in mine:
        with intake.wire() as wire:
            wire.sendall(intake.head(len(body)) + body)
    names = [name for name, _ in mine]
    time.sleep(2)
    kept = intake.stage.kept(names)
    for name, body in mine:
        answer = intake.submit(body)
        assert answer.status == (200 if name in kept else 201)
    assert intake.stage.kept(names) == set(names)


# The database


def test_a_database_that_stands_still_is_told_in_time_and_health_stays_up(intake: Server):
    accepted(intake, 5)
    mine = intake.stage.applications(60)
    intake.stage.relay.freeze()
    with ThreadPoolExecutor(60) as pool:
        begun = time.monotonic()
        answers = [pool.submit(intake.submit, body) for _, body in mine]
        time.sleep(0.5)
        alive = intake.get("/healthz", 5)
        assert (alive.status, alive.seconds < 1) == (200, True)
        for one in answers:
            problem(one.result(), 503, "unavailable")
            assert one.result().headers["retry-after"]
        assert time.monotonic() - begun < 9
        assert max(one.result().seconds for one in answers) < 5.5
    late = intake.submit(mine[0][1])  # nobody is forgiven the wait, nor made to wait longer
    problem(late, 503, "unavailable")
    assert late.seconds < 5.5
    intake.stage.relay.thaw()
    until(lambda: intake.submit(mine[0][1]).status in {200, 201}, 15)
    for name, body in mine:
        assert intake.submit(body).json()["submission_id"] == name
    assert intake.stage.kept(name for name, _ in mine) == {name for name, _ in mine}


def test_a_database_that_is_gone_is_told_at_once_and_all_goes_on_when_it_is_back(intake: Server):
    mine = intake.stage.applications(20)
    intake.stage.relay.cut()
    for _, body in mine:
        answer = intake.submit(body)
        problem(answer, 503, "unavailable")
        assert answer.headers["retry-after"]
        assert answer.seconds < 3
    assert healthy(intake)
    assert intake.get("/readyz").status == 503
    intake.stage.relay.mend()
    until(lambda: intake.submit(mine[0][1]).status == 201, 15)
    assert [intake.submit(body).status for _, body in mine[1:]] == [201] * 19


def test_a_line_that_is_full_refuses_at_once(stage: Stage):
    with running(stage, BACKOFFICE_MOST_WAITING="5") as server, ThreadPoolExecutor(100) as pool:
        accepted(server, 2)
        stage.relay.freeze()
        answers = [pool.submit(server.submit, body).result for _, body in stage.applications(100)]
        told = [answer() for answer in answers]
        assert {one.status for one in told} == {503}
        assert all(one.headers["retry-after"] for one in told)
        assert sum(1 for one in told if one.seconds < 2) > 50, "those beyond the line were told at once"
        stage.relay.thaw()
        until(lambda: server.submit(stage.applications(1)[0][1]).status == 201, 15)


# Two parts


def test_pages_of_the_staff_answer_while_the_intake_is_under_load(intake: Server):
    with running(intake.stage, "all") as desk:
        stop = threading.Event()
        calls = [load.post(HOST, "/api/v1/submissions", intake.stage.key, body) for _, body in intake.stage.applications(2_000)]
        results: list[load.Result] = []
        crowd = threading.Thread(target=lambda: results.append(load.run(HOST, intake.port, [calls[n::100] for n in range(100)])))
        crowd.start()
        waits = []
        while crowd.is_alive() and not stop.is_set():
            page = desk.send(b"GET /sign-in HTTP/1.1\r\nHost: test\r\n\r\n", 20)
            assert page.status == 200
            waits.append(page.seconds)
        crowd.join()
        assert {one.status for one in results[0].answers} == {201}
        assert sorted(waits)[len(waits) // 2] < 3, waits
        assert json.loads(desk.get("/healthz").body) == {"status": "ok"}

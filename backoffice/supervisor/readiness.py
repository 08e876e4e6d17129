"""What is asked before and after the web server starts: is the port free, are the tables current, does it answer."""

import http.client
import json
import socket
from pathlib import Path

import psycopg

from .processes import write_private


def port_is_free(host: str, port: int) -> bool:
    """Whether we could listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def any_free_port(host: str) -> int:
    """A port that nobody listens on just now."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def answers(host: str, port: int) -> bool:
    """Whether the application says that it, its database, its queue and its files are ready."""
    wire = http.client.HTTPConnection(host, port, timeout=5)
    try:
        wire.request("GET", "/readyz")
        return wire.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        wire.close()


def tables_are_current(url: str, migrations: Path) -> bool:
    """Whether the database stands at the newest migration; when in doubt it does not, and is migrated."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - a third of a second, needed once

    if not (migrations / "versions").is_dir():
        return False
    try:
        heads = set(ScriptDirectory(str(migrations)).get_heads())
        with psycopg.connect(url.replace("+psycopg", "", 1), connect_timeout=5) as connection:
            return heads == {row[0] for row in connection.execute("select version_num from alembic_version")}
    except Exception:  # noqa: BLE001 - whatever it is, the migration itself will say it better
        return False


def correct_addresses(file: Path, url: str, api_url: str) -> None:
    """Let the demonstration's file name the ports of today."""
    demo = read_demo(file)
    if demo and (demo.get("url"), demo.get("api_url")) != (url, api_url):
        write_private(file, json.dumps({**demo, "url": url, "api_url": api_url}, indent=2, ensure_ascii=False) + "\n")


def accounts(file: Path) -> list[tuple[str, str, str]]:
    """Role, address and password of each account of the demonstration."""
    listed = read_demo(file).get("accounts")
    if not isinstance(listed, list):
        return []
    return [(str(one["role"]), str(one["email"]), str(one["password"])) for one in listed]


def read_demo(file: Path) -> dict[str, object]:
    """The demonstration's file; empty when there is none."""
    try:
        content = json.loads(file.read_text())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}

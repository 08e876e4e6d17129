"""The settings, read once from the environment at start; a wrong one fails loudly before the first caseworker arrives."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Literal, cast

PaymentStart = Literal["readable", "submission"]
"""Whence the 30 days of payment run: the message that invites to pay can be read, or the application was submitted."""


class SettingsError(Exception):
    """A setting is missing or wrong; the message says which one and what it should be."""


@dataclass(frozen=True)
class MailSettings:
    """The mail server, who writes, where bounces come back, and where the applicant reads; without a server nothing leaves."""

    smtp_url: str = ""
    sender: str = "ne-pas-repondre@exemple.test"
    bounces: str = "retours@exemple.test"
    bounces_folder: Path | None = None
    portal_url: str = "https://portail.exemple.test/"
    unopened_days: int = 15


@dataclass(frozen=True)
class Settings:
    """Everything that differs from one installation to the next."""

    database_url: str
    database_owner_url: str
    redis_url: str
    storage_url: str
    data_folder: Path
    keys_folder: Path
    file_keys: Path
    drop_folder: Path
    secret_key: str
    demo: bool
    clock_offset: timedelta
    port: int
    postgres_bin: str
    part: str = "all"
    reminder_days: tuple[int, ...] = (60, 30, 7)
    strict_calendar: bool = False
    payment_start: PaymentStart = "readable"
    proclaimed: Mapping[date, str] = field(default_factory=dict)
    mail: MailSettings = MailSettings()

    @property
    def demo_file(self) -> Path:
        """Where the demonstration's accounts and keys are written, readable by its owner only."""
        return self.data_folder / "demo.json"


def read(environ: Mapping[str, str]) -> Settings:
    """Settings from an environment, completed by what a running `make run` wrote in its data folder."""
    data_folder = Path(environ.get("BACKOFFICE_DATA") or ".data").resolve()
    known = {**_written_by_supervisor(data_folder), **environ} if "DATABASE_URL" not in environ else dict(environ)
    if not known.get("DATABASE_URL"):
        raise SettingsError(
            f"DATABASE_URL is not set, and no running instance was found in {data_folder}. "
            "Start one with `make run`, or set DATABASE_URL to a PostgreSQL 18 address."
        )
    database_url = _postgresql(known["DATABASE_URL"])
    demo = known.get("BACKOFFICE_DEMO") == "1"
    return Settings(
        database_url=database_url,
        database_owner_url=_postgresql(known.get("DATABASE_OWNER_URL") or database_url),
        redis_url=known.get("REDIS_URL") or "redis://127.0.0.1:6379/0",
        storage_url=known.get("STORAGE_URL") or (data_folder / "files").as_uri(),
        data_folder=data_folder,
        keys_folder=Path(known.get("KEYS_FOLDER") or data_folder / "keys"),
        file_keys=Path(known.get("FILE_KEYS") or Path(known.get("KEYS_FOLDER") or data_folder / "keys") / "files.json"),
        drop_folder=Path(known.get("DROP_FOLDER") or data_folder / "drop"),
        secret_key=_secret(known),
        demo=demo,
        clock_offset=_clock_offset(known, demo=demo),
        port=int(known.get("PORT") or 8000),
        postgres_bin=known.get("POSTGRES_BIN") or "",
        part=_part(known.get("BACKOFFICE_PART") or "all"),
        reminder_days=_days(known.get("REMINDER_DAYS") or "60,30,7"),
        strict_calendar=known.get("STRICT_I16") == "1",
        payment_start=_payment_start(known.get("PAYMENT_START") or "readable"),
        proclaimed=_proclaimed(known.get("PROCLAIMED_HOLIDAYS") or ""),
        mail=_mail(known),
    )


def _mail(known: Mapping[str, str]) -> MailSettings:
    plain = MailSettings()
    server, sender, portal = known.get("SMTP_URL") or "", known.get("MAIL_FROM") or "", known.get("PORTAL_URL") or ""
    if server and not server.startswith(("smtp://", "smtps://")):
        raise SettingsError("SMTP_URL is written smtp://user:password@host:587?starttls=1, or smtps://host:465.")
    if server and not (sender and portal):
        raise SettingsError("With SMTP_URL, MAIL_FROM (who writes) and PORTAL_URL (where the applicant reads) are needed.")
    bounces = known.get("BOUNCE_ADDRESS") or sender or plain.bounces
    for name, address in (("MAIL_FROM", sender or plain.sender), ("BOUNCE_ADDRESS", bounces)):
        if address.count("@") != 1 or not address.isascii() or any(c.isspace() or c in "<>," for c in address):
            raise SettingsError(f"{name} is one bare address, such as retours@exemple.test.")
    days = known.get("UNOPENED_DAYS") or str(plain.unopened_days)
    if not days.isdecimal() or int(days) < 1:
        raise SettingsError("UNOPENED_DAYS is a number of days, 15 unless set: after so many, a message not opened is looked at.")
    folder = known.get("BOUNCES_FOLDER")
    return MailSettings(server, sender or plain.sender, bounces, Path(folder) if folder else None, portal or plain.portal_url, int(days))


def _payment_start(wanted: str) -> PaymentStart:
    if wanted not in {"readable", "submission"}:
        raise SettingsError("PAYMENT_START is «readable» (the message that invites to pay can be read) or «submission».")
    return cast("PaymentStart", wanted)


def _proclaimed(wanted: str) -> dict[date, str]:
    """Holidays proclaimed besides those of the law, each with the text that proclaims it: «2016-07-15=Décret 1-2016; …»."""
    days = {}
    for one in filter(str.strip, wanted.split(";")):
        day, _, source = one.partition("=")
        try:
            days[date.fromisoformat(day.strip())] = source.strip()
        except ValueError:
            raise SettingsError(f"PROCLAIMED_HOLIDAYS holds «{day.strip()}»: write each as 2016-07-15=Décret 1-2016.") from None
        if not source.strip():
            raise SettingsError(f"PROCLAIMED_HOLIDAYS gives no source for {day.strip()}: write each as 2016-07-15=Décret 1-2016.")
    return days


def _days(wanted: str) -> tuple[int, ...]:
    parts = [part.strip() for part in wanted.split(",") if part.strip()]
    if not all(part.isdecimal() and 0 < int(part) <= 365 for part in parts):
        raise SettingsError("REMINDER_DAYS is days before the end of a term, such as 60,30,7.")
    return tuple(sorted({int(part) for part in parts}, reverse=True))


def _part(wanted: str) -> str:
    if wanted not in {"all", "intake"}:
        raise SettingsError("BACKOFFICE_PART is «all» (staff pages and the API) or «intake» (the API alone).")
    return wanted


def _written_by_supervisor(folder: Path) -> dict[str, str]:
    try:
        lines = (folder / "env").read_text().splitlines()
    except OSError:
        return {}
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def _postgresql(url: str) -> str:
    for scheme in ("postgresql+psycopg://", "postgresql://", "postgres://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    raise SettingsError("DATABASE_URL must start with postgresql:// (PostgreSQL is the only database supported).")


def _secret(known: Mapping[str, str]) -> str:
    secret = known.get("SECRET_KEY", "")
    if len(secret) < 32:
        raise SettingsError("SECRET_KEY must be at least 32 characters; `python -c 'import secrets; print(secrets.token_hex(32))'`.")
    return secret


def _clock_offset(known: Mapping[str, str], *, demo: bool) -> timedelta:
    wanted = known.get("BACKOFFICE_CLOCK")
    shared = known.get("BACKOFFICE_CLOCK_OFFSET")
    if not (wanted or shared):
        return timedelta(0)
    if not demo:
        raise SettingsError("BACKOFFICE_CLOCK only moves the clock in demonstration mode (BACKOFFICE_DEMO=1).")
    if shared:
        return timedelta(seconds=float(shared))
    start = datetime.fromisoformat(wanted or "")
    if start.tzinfo is None:
        raise SettingsError("BACKOFFICE_CLOCK needs its zone, as in 2016-06-13T08:29:00-04:00.")
    return start - datetime.now(UTC)


@cache
def settings() -> Settings:
    """The settings of this process."""
    return read(os.environ)

"""As whom PostgreSQL runs: it refuses to run as root, so root lends it an account that owns nothing."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

LENT = "nobody"


@dataclass(frozen=True)
class Account:
    """The numbers of a system account."""

    uid: int
    gid: int


def account_for(data: Path) -> Account | None:
    """Whom to become: nobody else for a plain user; for root, the owner of the data or `nobody`."""
    if os.geteuid() != 0:
        return None
    if data.exists() and (owner := data.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    lent = pwd.getpwnam(LENT)
    return Account(lent.pw_uid, lent.pw_gid)


def reachable(path: Path) -> bool:
    """Whether an account that owns nothing on the way can get to a path."""
    return all(step.stat().st_mode & stat.S_IXOTH for step in (path, *path.parents) if step.exists())


def give(path: Path, account: Account | None) -> None:
    """Hand a folder over to an account."""
    if account is not None:
        os.chown(path, account.uid, account.gid)

"""How far the making of a copy is: told by the job and read by the page, and worth nothing afterwards."""

from redis.exceptions import RedisError

from backoffice.core import deliveries

KEPT_SECONDS = 3600


def tell(request_id: int, done: int, total: int) -> None:
    """So many of so many; a queue server that is away loses a number and nothing else."""
    try:
        deliveries.redis().set(_name(request_id), f"{done}/{total}", ex=KEPT_SECONDS)
    except RedisError:
        return


def heard(request_id: int) -> tuple[int, int] | None:
    """What was told last."""
    try:
        told = deliveries.redis().get(_name(request_id))
    except RedisError:
        return None
    if not isinstance(told, bytes):
        return None
    done, _, total = told.decode().partition("/")
    return int(done), int(total)


def _name(request_id: int) -> str:
    return f"access-copy:{request_id}"

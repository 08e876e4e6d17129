"""The log: one structured line for each thing that happened; references and ids, never names or what people wrote."""

import logging
import sys
import traceback

import structlog


def configure() -> None:
    """JSON lines on standard error."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(message)s")
    for noisy in ("fontTools", "weasyprint", "pypdf", "PIL", "rq.worker"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(_frames_only),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def _frames_only(exc_info: tuple[type[BaseException], BaseException, object]) -> list[str]:
    """Where a fault happened and its kind; its message may carry personal data (a driver quotes the row), so it stays out."""
    kind, fault, _ = exc_info
    frames = traceback.extract_tb(fault.__traceback__)
    return [kind.__name__, *(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:])]

"""Settings: a wrong one fails loudly, saying which and what it should be."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backoffice.core.settings import SettingsError, read

GOOD = {"DATABASE_URL": "postgresql://u@db/x", "SECRET_KEY": "s" * 32}


def test_a_complete_environment_is_read(tmp_path: Path):
    made = read({**GOOD, "BACKOFFICE_DATA": str(tmp_path), "PORT": "9000"})
    assert made.database_url == made.database_owner_url == "postgresql+psycopg://u@db/x"
    assert (made.port, made.demo, made.clock_offset, made.data_folder) == (9000, False, timedelta(0), tmp_path.resolve())
    assert made.storage_url == (tmp_path.resolve() / "files").as_uri()
    assert made.demo_file == tmp_path.resolve() / "demo.json"


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"DATABASE_URL": "mysql://x"}, "postgresql"), ({"DATABASE_URL": ""}, "DATABASE_URL"), ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY": ""}, "SECRET_KEY"), ({"BACKOFFICE_CLOCK": "2016-06-13T08:29:00-04:00"}, "demonstration"),
        ({"BACKOFFICE_CLOCK": "2016-06-13T08:29:00", "BACKOFFICE_DEMO": "1"}, "zone"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_named(tmp_path: Path, change: dict[str, str], word: str):
    with pytest.raises(SettingsError, match=word):
        read({**GOOD, "BACKOFFICE_DATA": str(tmp_path), **change})


def test_what_a_running_instance_wrote_completes_the_environment(tmp_path: Path):
    with pytest.raises(SettingsError, match="make run"):
        read({"BACKOFFICE_DATA": str(tmp_path)})
    (tmp_path / "env").write_text("# written at start\nDATABASE_URL=postgresql://u@/y?host=/run\nSECRET_KEY=" + "k" * 40 + "\n")
    made = read({"BACKOFFICE_DATA": str(tmp_path)})
    assert made.database_url == "postgresql+psycopg://u@/y?host=/run"


def test_the_demonstration_clock_starts_where_it_is_told(tmp_path: Path):
    made = read({**GOOD, "BACKOFFICE_DATA": str(tmp_path), "BACKOFFICE_DEMO": "1", "BACKOFFICE_CLOCK": "2016-06-13T08:29:00-04:00"})
    assert abs(datetime.now(UTC) + made.clock_offset - datetime(2016, 6, 13, 12, 29, tzinfo=UTC)) < timedelta(seconds=5)

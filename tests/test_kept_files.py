"""What a backup takes: every file that any table names, found by itself."""

from backoffice.cli import backups
from backoffice.core import files
from backoffice.core.db import Base
from tests.builders import Builder


def test_what_is_said_to_be_no_file_exists() -> None:
    known = {f"{table.name}.{column.name}" for table in Base.metadata.tables.values() for column in table.columns}
    assert known >= backups.NOT_FILES


def test_a_column_that_names_a_file_is_found_by_its_name(build: Builder) -> None:
    found = {f"{column.table.name}.{column.name}" for column in backups.columns_of_files()}
    assert found >= {"scan.sha256", "page_text.searchable_sha256", "posted_letter.sha256", "fault_evidence.sha256", "paper_return.letter_sha256"}


def test_every_file_that_is_named_can_be_read(build: Builder) -> None:
    request = build.request(build.paid_case())
    named = backups.named_files()
    assert request.letter_sha256 in named
    for name in named:
        files.read(name)

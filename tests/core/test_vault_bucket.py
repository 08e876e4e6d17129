"""The same in a bucket: what leaves for it is sealed, what comes back is checked, and its files can be listed."""

import io
from typing import Any

import pytest
from botocore.exceptions import ClientError
from flask import Flask

from backoffice.core import buckets, files, vault
from backoffice.core.files import FileLost


class FakeClient:
    """Speaks the five calls of S3 that the store makes; a listing comes in pages of two."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def upload_fileobj(self, source: Any, bucket: str, key: str) -> None:
        self.kept[key] = source.read()

    def get_object(self, Bucket: str, Key: str) -> dict[str, io.BytesIO]:  # noqa: N803 - as S3 names them
        self.head_object(Bucket, Key)
        return {"Body": io.BytesIO(self.kept[Key])}

    def head_object(self, Bucket: str, Key: str) -> None:  # noqa: N803 - as S3 names them
        if Key not in self.kept:
            raise ClientError({"Error": {"Code": "404"}}, "HeadObject")

    def get_paginator(self, _call: str) -> "FakeClient":
        return self

    def paginate(self, Bucket: str, Prefix: str) -> list[dict[str, Any]]:  # noqa: N803 - as S3 names them
        keys = sorted(key for key in self.kept if key.startswith(Prefix))
        return [{"Contents": [{"Key": key} for key in keys[at : at + 2]]} for at in range(0, len(keys), 2)] or [{}]


@pytest.fixture
def bucket(app: Flask, monkeypatch: pytest.MonkeyPatch) -> FakeClient:
    client = FakeClient()
    monkeypatch.setattr(buckets.boto3, "client", lambda *_a, **_k: client)
    store = buckets.BucketStore("archives", "csq/")
    monkeypatch.setattr(files, "store", lambda: store)
    return client


def test_files_travel_sealed_and_come_back(bucket: FakeClient, tmp_path):
    names = sorted(files.keep(b"page %d" % number * 40_000) for number in range(5))
    assert sorted(bucket.kept) == [f"csq/{name}" for name in names]
    assert all(data.startswith(vault.MAGIC) and b"page" not in data for data in bucket.kept.values())
    bucket.kept["csq/lisez-moi.txt"] = b"put there by somebody"
    assert list(files.store().names()) == names
    files.fetch(names[0], tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == files.read(names[0])


def test_what_was_altered_or_is_gone_is_lost(bucket: FakeClient):
    name = files.keep(b"un original")
    bucket.kept[f"csq/{name}"] = bucket.kept[f"csq/{name}"][:-1]
    with pytest.raises(FileLost):
        files.read(name)
    del bucket.kept[f"csq/{name}"]
    with pytest.raises(FileLost):
        files.read(name)


def test_what_lay_in_clear_is_sealed_in_its_place(bucket: FakeClient):
    name = files.keep(b"un original de plus")
    bucket.kept[f"csq/{name}"] = b"un original de plus"
    assert files.reseal(name)
    assert bucket.kept[f"csq/{name}"].startswith(vault.MAGIC)
    assert files.read(name) == b"un original de plus"

"""Files in an S3-compatible bucket."""

import tempfile
from collections.abc import Iterable, Iterator
from typing import cast

import boto3
from botocore.client import Config
from botocore.exceptions import ClientError

from backoffice.core.files import NAME, FileLost, Opened

IN_MEMORY = 4 * 1024 * 1024
"""Up to this size a file on its way is held in memory, beyond in a temporary file (which is sealed as well)."""


class BucketStore:
    """Files in an S3-compatible bucket, `s3://bucket/prefix` (endpoint and keys by the usual AWS_ variables)."""

    def __init__(self, bucket: str, prefix: str) -> None:
        self.bucket, self.prefix = bucket, prefix
        # Path addressing and v4 signatures: what every S3-compatible server accepts.
        self.client = boto3.client("s3", config=Config(signature_version="s3v4", s3={"addressing_style": "path"}))

    def write(self, name: str, pieces: Iterable[bytes]) -> None:
        """Keep the bytes, whole or not at all: they are gathered first, and the server shows an object when it has all of it."""
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as gathered:
            gathered.writelines(pieces)
            gathered.seek(0)
            self.client.upload_fileobj(gathered, self.bucket, self.prefix + name)

    def open(self, name: str) -> Opened:
        """The stored bytes as they come, or FileLost."""
        try:
            return cast("Opened", self.client.get_object(Bucket=self.bucket, Key=self.prefix + name)["Body"])
        except ClientError as fault:
            raise FileLost(name) from fault

    def has(self, name: str) -> bool:
        """Whether it is there."""
        try:
            self.client.head_object(Bucket=self.bucket, Key=self.prefix + name)
        except ClientError:
            return False
        return True

    def names(self) -> Iterator[str]:
        """Every file, in order."""
        for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix):
            found = (str(one["Key"]).removeprefix(self.prefix) for one in page.get("Contents", []))
            yield from (name for name in found if len(name) == NAME)

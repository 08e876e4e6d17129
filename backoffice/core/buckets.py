"""Files in an S3-compatible bucket."""

from pathlib import Path

import boto3
from botocore.client import Config
from botocore.exceptions import ClientError

from backoffice.core.files import FileLost


class BucketStore:
    """Files in an S3-compatible bucket, `s3://bucket/prefix` (endpoint and keys by the usual AWS_ variables)."""

    def __init__(self, bucket: str, prefix: str) -> None:
        self.bucket, self.prefix = bucket, prefix
        # Path addressing and v4 signatures: what every S3-compatible server accepts.
        self.client = boto3.client("s3", config=Config(signature_version="s3v4", s3={"addressing_style": "path"}))

    def put(self, name: str, data: bytes) -> None:
        """Keep the bytes."""
        self.client.put_object(Bucket=self.bucket, Key=self.prefix + name, Body=data)

    def get(self, name: str) -> bytes:
        """The bytes, or FileLost."""
        try:
            return bytes(self.client.get_object(Bucket=self.bucket, Key=self.prefix + name)["Body"].read())
        except ClientError as fault:
            raise FileLost(name) from fault

    def fetch(self, name: str, into: Path) -> None:
        """A copy of the file, without holding it in memory."""
        try:
            self.client.download_file(self.bucket, self.prefix + name, str(into))
        except ClientError as fault:
            raise FileLost(name) from fault

    def has(self, name: str) -> bool:
        """Whether it is there."""
        try:
            self.client.head_object(Bucket=self.bucket, Key=self.prefix + name)
        except ClientError:
            return False
        return True

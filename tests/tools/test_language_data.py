"""What the text engine knows of each language comes from the locked packages, once."""

from pathlib import Path

import pytest

from tools import install


def test_language_data_is_unpacked_once_with_its_licences(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(install, "TESSDATA", tmp_path / "tessdata")
    install.install_language_data()
    sizes = {path.name: path.stat().st_size for path in (tmp_path / "tessdata").glob("*.traineddata")}
    assert set(sizes) == {f"{language}.traineddata" for language in ("ara", "eng", "fra", "osd", "spa")}
    assert min(sizes.values()) > 1_000_000, "unpacked"
    licences = (tmp_path / "tessdata" / "LICENCES.txt").read_text()
    assert licences.count("Apache License 2.0") == licences.count("MIT") == 5

    (tmp_path / "tessdata" / "fra.traineddata").unlink()
    install.install_language_data()
    assert not (tmp_path / "tessdata" / "fra.traineddata").exists(), "what the stamp vouches for is not done again"
    assert capsys.readouterr().out.count("Installing language data") == 1


def test_a_system_without_the_test_programs_goes_on(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(install.shutil, "which", lambda _program, **_where: None)
    install.install_test_programs()
    assert "sudo apt-get install --yes --no-install-recommends sane-utils clamav-daemon" in capsys.readouterr().err

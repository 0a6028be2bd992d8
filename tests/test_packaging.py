"""What is shipped is whole: built, installed into an empty environment, and a site run from it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]

SITE = '''
import json
import re
from pathlib import Path
from time import sleep
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.testclient import TestClient
import consent
from consent import ConsentConfig, ConsentMiddleware

PAGE = """<!doctype html><html lang="fr"><head><title>Accueil</title>
<script async src="https://www.googletagmanager.com/gtag/js?id=G-1"></script></head>
<body><h1>Bonjour</h1></body></html>"""

NAMED = re.compile("/consent/assets/[a-z0-9.-]+")

config = ConsentConfig.from_toml("consent.toml")
site = Starlette(routes=[Route("/", lambda request: HTMLResponse(PAGE))])
site.add_middleware(ConsentMiddleware, config=config)
client = TestClient(site, base_url="https://www.example.fr")
page = client.get("/")
for _ in range(20):
    answer = client.post(
        "/consent/choice",
        json={"action": "refuse_all"},
        headers={"Origin": "https://www.example.fr", "Sec-Fetch-Site": "same-origin"},
    )
    # A busy machine may not make the tables within the two seconds that the log is given.
    if answer.status_code == 200:
        break
    sleep(0.5)
print(json.dumps({
    "package": str(Path(consent.__file__).parent),
    "page": page.text,
    "assets": [client.get(address).status_code for address in NAMED.findall(page.text)],
    "answer": answer.status_code,
    "cookie": answer.headers.get("set-cookie", ""),
    "policy": client.get("/consent/policy").status_code,
}))
'''

CONFIGURATION = """
[site]
name = "Boutique"
url = "https://www.example.fr"
languages = ["fr"]
policy_url = "/confidentialite"

[controller]
name = "Exemple SAS"
address = "1 rue de la Paix, 75002 Paris, France"
email = "contact@example.fr"

[cookie]
secrets = ["a secret of more than thirty-two characters"]

[log]
url = "sqlite:///consent.db"

[[services]]
use = "google-analytics"
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def contents(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def shipped(folder: str, target: str) -> set[str]:
    """The files of a folder, by the names that they have in the wheel."""
    files = (path for path in (ROOT / folder).rglob("*") if path.is_file())
    named = {f"{target}/{path.relative_to(ROOT / folder).as_posix()}" for path in files}
    return {name for name in named if "__pycache__" not in name}


@pytest.mark.parametrize(
    ("folder", "target"),
    [
        pytest.param("static/dist", "consent/_static", id="browser code"),
        pytest.param("templates", "consent/_templates", id="templates"),
        pytest.param("consent", "consent", id="code, catalogue, texts and migrations"),
    ],
)
def test_the_wheel_has_every_file_of(folder: str, target: str, contents: set[str]) -> None:
    assert shipped(folder, target)
    assert shipped(folder, target) - contents == set()


def test_the_wheel_has_nothing_else(contents: set[str]) -> None:
    assert {
        name for name in contents if not name.startswith(("consent/", "asgi_consent-"))
    } == set()


def test_the_wheel_says_that_it_is_typed_and_under_which_licence(contents: set[str]) -> None:
    assert "consent/py.typed" in contents
    licences = {Path(name).name for name in contents if "/licenses/" in name}
    assert licences == {"LICENSE", "THIRD-PARTY-NOTICES.md"}


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel, and the libraries of this one beside it."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install"]
    options = ["--no-deps", "--no-index", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *options, str(wheel)], check=True, capture_output=True)
    [packages] = folder.glob("lib/python*/site-packages")
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib"))
    return python


@pytest.fixture(scope="module")
def told(python: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a site says that runs from the wheel, far from the checkout."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "consent.toml").write_text(CONFIGURATION)
    (folder / "site.py").write_text(SITE)
    run = subprocess.run(
        [str(python), "-I", "site.py"], cwd=folder, check=True, capture_output=True, text=True
    )
    found: dict[str, Any] = json.loads(run.stdout)
    return {**found, "folder": folder}


def test_the_site_runs_what_was_installed(told: dict[str, Any], python: Path) -> None:
    assert Path(told["package"]).is_relative_to(python.parents[1])


def test_the_page_holds_the_tracker_and_asks(told: dict[str, Any]) -> None:
    assert "www.googletagmanager.com" in told["page"]
    assert not re.search(r"(?<![\w-])src=.https://www\.googletagmanager\.com", told["page"])
    assert "Exemple SAS" in told["page"]


def test_every_file_that_the_page_names_is_there(told: dict[str, Any]) -> None:
    assert len(told["assets"]) >= 2
    assert set(told["assets"]) == {200}
    assert told["policy"] == 200


def test_a_choice_is_recorded_and_comes_back_as_a_cookie(told: dict[str, Any]) -> None:
    assert told["answer"] == 200
    assert told["cookie"].startswith("__Host-eu-consent=")
    assert (told["folder"] / "consent.db").stat().st_size > 0


def test_the_command_line_is_installed(python: Path, told: dict[str, Any]) -> None:
    command = [str(python.parent / "consent"), "check", str(told["folder"] / "consent.toml")]
    assert subprocess.run(command, capture_output=True).returncode == 0


def test_every_library_that_is_needed_is_acknowledged() -> None:
    notices = (ROOT / "THIRD-PARTY-NOTICES.md").read_text("utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = [name for extra in project["optional-dependencies"].values() for name in extra]
    for requirement in [*project["dependencies"], *extras]:
        [name] = re.findall(r"^[\w.-]+", requirement)
        assert f"| [{name}](https://pypi.org/project/" in notices, name

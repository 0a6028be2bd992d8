"""The other managers: what their documentation has a site write, and how to choose there."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
SETUP = HERE / "setup"
MODULES = HERE / "node_modules"
KLARO = (
    "(manager => {{ manager.changeAll({}); manager.saveAndApplyConsents() }})(klaro.getManager())"
)


@dataclass(frozen=True)
class Manager:
    """One manager, set up to ask before anything, for a visitor who has not chosen."""

    name: str
    package: str
    """On npm."""
    tags: str
    """First in the head of every page; what they name is served by the site itself."""
    banner: str
    """A selector."""
    refuse: str
    """JavaScript that refuses everything, through its own interface."""
    accept: str
    """The same, for everything."""

    @property
    def host(self) -> str:
        """Of the site that runs it."""
        return f"{self.name}.test"

    @property
    def version(self) -> str:
        """Of what is installed."""
        told: dict[str, str] = json.loads((MODULES / self.package / "package.json").read_text())
        return told["version"]


MANAGERS = (
    Manager(
        "vanilla-cookieconsent",
        "vanilla-cookieconsent",
        "<link rel=stylesheet href=/modules/vanilla-cookieconsent/dist/cookieconsent.css>"
        "<script src=/modules/vanilla-cookieconsent/dist/cookieconsent.umd.js defer></script>"
        "<script src=/setup/vanilla-cookieconsent.js defer></script>",
        "#cc-main .cm",
        "document.querySelector('#cc-main [data-role=necessary]').click()",
        "document.querySelector('#cc-main [data-role=all]').click()",
    ),
    Manager(
        "klaro",
        "klaro",
        "<script src=/setup/klaro.js></script><script src=/modules/klaro/dist/klaro.js></script>",
        ".klaro .cookie-notice",
        KLARO.format("false"),
        KLARO.format("true"),
    ),
    Manager(
        "tarteaucitron",
        "tarteaucitronjs",
        "<script src=/modules/tarteaucitronjs/tarteaucitron.js></script>"
        "<script src=/setup/tarteaucitron.js></script>",
        "#tarteaucitronAlertBig",
        "tarteaucitron.userInterface.respondAll(false)",
        "tarteaucitron.userInterface.respondAll(true)",
    ),
    Manager(
        "c15t",
        "c15t",
        "<script src=/trackers.js></script><script src=/modules/c15t.js></script>",
        "#consent-banner",
        "consentStore.getState().saveConsents('necessary')",
        "consentStore.getState().saveConsents('all')",
    ),
)


def install() -> None:
    """Fetch the managers from npm, in the versions of ``package.json``, and bundle what needs it.

    Raises CalledProcessError where npm fails.
    """
    npm = ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(npm, cwd=HERE, check=True)
    bundle = ["npx", "esbuild", "setup/c15t.js", "--bundle", "--minify", "--format=iife"]
    bundle += ["--outfile=node_modules/c15t.js", "--log-level=warning"]
    subprocess.run(bundle, cwd=HERE, check=True)

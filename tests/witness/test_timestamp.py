"""A time-stamping authority of the tests' own, by ``openssl ts``, signs when a checkpoint was."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from consent.errors import WitnessUnavailable
from consent.witness.timestamp import Authority
from tests.witness.conftest import serving
from tests.witness.history import Grows

pytestmark = pytest.mark.anyio
LOG = Grows()
CONFIGURATION = """
[req]
distinguished_name = name
prompt = no
[name]
CN = Time
[tsa]
basicConstraints = CA:FALSE
extendedKeyUsage = critical, timeStamping
[ts]
serial = {folder}/serial
default_policy = 1.2.3.4
digests = sha256
signer_digest = sha256
accuracy = secs:1
"""


class Openssl:
    """Its files, and what it answers."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / "conf").write_text(CONFIGURATION.format(folder=folder))
        (folder / "serial").write_text("01\n")
        self.run("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "ca.key")
        self.run("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "tsa.key")
        named = ("-config", "conf", "-days", "2")
        self.run("req", "-x509", "-key", "ca.key", "-subj", "/CN=Root", "-out", "ca.pem", *named)
        signed = ("-CA", "ca.pem", "-CAkey", "ca.key", "-extensions", "tsa")
        self.run("req", "-x509", "-key", "tsa.key", *signed, "-out", "tsa.pem", *named)

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            ["openssl", *arguments], cwd=self._folder, check=True, capture_output=True, text=True
        )
        return done.stdout

    def answer(self, path: str, kind: str, body: bytes) -> tuple[int, str, bytes]:
        assert kind == "application/timestamp-query"
        (self._folder / "query").write_bytes(body)
        key = ("-inkey", "tsa.key", "-signer", "tsa.pem", "-config", "conf", "-section", "ts")
        self.run("ts", "-reply", "-queryfile", "query", "-out", "reply", *key)
        return 200, "application/timestamp-reply", (self._folder / "reply").read_bytes()

    def verifies(self, reply: bytes, data: bytes) -> bool:
        (self._folder / "kept").write_bytes(reply)
        (self._folder / "data").write_bytes(data)
        try:
            given = ("-data", "data", "-in", "kept", "-CAfile", "ca.pem")
            return "OK" in self.run("ts", "-verify", *given)
        except subprocess.CalledProcessError:
            return False


@pytest.fixture(scope="module")
def openssl(tmp_path_factory: pytest.TempPathFactory) -> Openssl:
    return Openssl(tmp_path_factory.mktemp("tsa"))


@pytest.fixture
def authority(openssl: Openssl) -> Iterator[Authority]:
    with serving(openssl.answer) as url:
        yield Authority(url)


async def test_what_is_kept_verifies_with_openssl_for_that_note_alone(
    authority: Authority, openssl: Openssl
) -> None:
    reply = await authority.attest(LOG.at(5), 0, LOG)
    assert openssl.verifies(reply, LOG.at(5).note.encode())
    assert not openssl.verifies(reply, LOG.at(6).note.encode())


async def test_an_answer_to_an_earlier_question_is_not_taken(
    authority: Authority, openssl: Openssl
) -> None:
    reply = await authority.attest(LOG.at(5), 0, LOG)
    for size in (5, 6):  # another nonce, and another note
        with (
            serving(lambda *_: (200, "", reply)) as url,
            pytest.raises(WitnessUnavailable, match="another request"),
        ):
            await Authority(url).attest(LOG.at(size), 0, LOG)


async def test_a_time_stamp_of_something_else_is_not_taken(openssl: Openssl) -> None:
    digest = sha256(LOG.at(5).note.encode()).digest()

    def other(path: str, kind: str, body: bytes) -> tuple[int, str, bytes]:
        assert digest in body
        return openssl.answer(path, kind, body.replace(digest, bytes(32)))

    with serving(other) as url, pytest.raises(WitnessUnavailable, match="another request"):
        await Authority(url).attest(LOG.at(5), 0, LOG)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        pytest.param(500, b"", id="broken"),
        pytest.param(200, b"", id="nothing"),
        pytest.param(200, b"<html>", id="a page"),
        pytest.param(200, bytes.fromhex("30053003020102"), id="a rejection"),
    ],
)
async def test_any_other_answer_counts_for_nothing(status: int, body: bytes) -> None:
    with serving(lambda *_: (status, "", body)) as url, pytest.raises(WitnessUnavailable):
        await Authority(url).attest(LOG.at(5), 0, LOG)


async def test_without_the_extra_it_is_said_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "rfc3161_client", None)
    with pytest.raises(WitnessUnavailable, match=r"asgi-consent\[timestamp\]"):
        await Authority("http://127.0.0.1:9").attest(LOG.at(5), 0, LOG)

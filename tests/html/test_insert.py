"""Where our own markup goes (edges.md H13)."""

from __future__ import annotations

import pytest

from tests.html.rewriting import Marks, rewriter, rewritten, streamed

H = "<!--consent-->[head]<!--/consent-->"


def B(lang: str | None = None) -> str:
    return f"<!--consent-->[body {lang}]<!--/consent-->"


def inserted(page: str, insert: str = "always") -> str:
    return rewritten(page.encode(), insertions=Marks(), insert=insert).decode()


@pytest.mark.parametrize(
    ("page", "left"),
    [
        (
            "<!doctype html><html><head><title>a</title></head><body class=b>c",
            f"<!doctype html><html><head>{H}<title>a</title></head><body class=b>{B()}c",
        ),
        ("<html lang='fr&amp;'><body>a", f"<html lang='fr&amp;'>{H}<body>{B('fr&')}a"),
        ("<html lang=''><body>a", f"<html lang=''>{H}<body>{B()}a"),
        (
            "<HTML id=b LANG=de class=a><HEAD></HEAD><BODY>",
            f"<HTML id=b LANG=de class=a><HEAD>{H}</HEAD><BODY>{B('de')}",
        ),
        ("a", f"{H}{B()}a"),
        (" \n<!-- a --> <p>b", f" \n<!-- a --> {H}{B()}<p>b"),
        ("\ufeff<p>b", f"\ufeff{H}{B()}<p>b"),
        ("<title>a</title>b", f"{H}<title>a</title>{B()}b"),
        (
            "<meta charset=utf-8><link><style></style><p>",
            f"{H}<meta charset=utf-8><link><style></style>{B()}<p>",
        ),
        ("<script>'</head></body>'</script><p>", f"{H}<script>'</head></body>'</script>{B()}<p>"),
        ("<html><!-- <body> --><p>", f"<html><!-- <body> -->{H}{B()}<p>"),
        ("<head></head></body>", f"<head>{H}</head>{B()}</body>"),
        ("<head></head></html>", f"<head>{H}</head>{B()}</html>"),
        ("</p>a", f"{H}{B()}</p>a"),
        ("</br>a", f"{H}{B()}</br>a"),
        ("</b><p>a", f"</b>{H}{B()}<p>a"),
        (
            "<head><template><p>a</p></template><title>b</title><body>c",
            f"<head>{H}<template><p>a</p></template><title>b</title><body>{B()}c",
        ),
        (
            "<head><template><template>a</template><body></p>b</template><p>c",
            f"<head>{H}<template><template>a</template><body></p>b</template>{B()}<p>c",
        ),
        ("<head><template>a", f"<head>{H}<template>a"),
        ("<frameset><frame src=/a></frameset>", f"{H}<frameset><frame src=/a></frameset>"),
        ("<html><frameset>", f"<html>{H}<frameset>"),
        (
            "<head><noscript><link href=/a></noscript><body>",
            f"<head>{H}<noscript><link href=/a></noscript><body>{B()}",
        ),
        ("<svg><body>", f"{H}{B()}<svg><body>"),
        ("<p><body><head>", f"{H}{B()}<p><body><head>"),
        ("a < b", f"{H}{B()}a < b"),
        ("<title>a</title>\n", f"{H}<title>a</title>\n{B()}"),
        ("<script src=/a></script>", f"{H}<script src=/a></script>{B()}"),
        (
            "<head><title>a</title></head><!-- b -->",
            f"<head>{H}<title>a</title></head><!-- b -->{B()}",
        ),
        # What is cut short takes in what comes behind it.
        ("<title>a</title><div b", f"{H}<title>a</title><div b"),
        ("<title>a</title></div b", f"{H}<title>a</title></div b"),
        ("<title>a</title><!-- b", f"{H}<title>a</title><!-- b"),
        ("<title>a", f"{H}<title>a"),
        ("<script>a", f"{H}<script>a"),
        ("<style>a", f"{H}<style>a"),
        ("<title>a</title><template>b", f"{H}<title>a</title><template>b"),
        ("<", "<"),
        ("", ""),
        (" \n", " \n"),
        ("<!-- a -->", "<!-- a -->"),
    ],
)
def test_head_and_body_get_their_parts_once_h13(page: str, left: str) -> None:
    assert inserted(page) == left


@pytest.mark.parametrize(
    "page", ["<p>a", "a", "<td>a", "<title>a</title><body>", "<link><p>", "<script></script><html>"]
)
def test_a_fragment_gets_nothing_h13(page: str) -> None:
    assert inserted(page, "if-document") == page


@pytest.mark.parametrize(
    ("page", "left"),
    [
        ("<!doctype html><p>", f"<!doctype html>{H}{B()}<p>"),
        (" <!-- a --><html><p>", f" <!-- a --><html>{H}{B()}<p>"),
        ("<head><title>", f"<head>{H}<title>"),
        ("<body>a", f"{H}<body>{B()}a"),
    ],
)
def test_a_document_that_a_fetch_brings_gets_both_h13(page: str, left: str) -> None:
    assert inserted(page, "if-document") == left


def test_the_page_of_a_frame_shows_no_banner() -> None:
    assert inserted("<html><body>a", "head") == f"<html>{H}<body>a"


def test_nothing_is_inserted_where_nothing_shall_be() -> None:
    assert inserted("<html><body>a", "never") == "<html><body>a"
    assert rewritten(b"<html><body>a") == b"<html><body>a"


def test_insertions_read_the_same_in_every_charset() -> None:
    class Accents(Marks):
        def head(self) -> str:
            return "é😀"

        def body(self, lang: str | None) -> str:
            return ""

    left = rewritten("<head><body>".encode("utf-16"), charset=None, insertions=Accents())
    assert left.decode("utf-16") == "<head><!--consent-->&#233;&#128512;<!--/consent--><body>"


def test_the_charset_that_a_page_names_stays_near_its_start_h9() -> None:
    """Browsers look for it in the first 1024 bytes, which our own markup may fill."""
    page = b"<head><title>x</title><meta charset=gbk>"
    left = rewritten(page, charset=None, insertions=Marks())
    assert left.startswith(b'<head><!--consent--><meta charset="gbk">[head]')


def test_a_tag_without_an_end_is_an_opening_all_the_same() -> None:
    page = b"<p title='" + b"x" * (2 << 20) + b"'>a"
    left = streamed(rewriter(insertions=Marks()), [page])
    assert left == (H + B()).encode() + page

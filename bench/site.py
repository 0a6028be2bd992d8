"""The site that choices are sent to: ``uvicorn bench.site:app``, its log at ``BENCH_LOG``."""

from __future__ import annotations

from starlette.responses import HTMLResponse

from consent import ConsentConfig, ConsentMiddleware

CONFIG = ConsentConfig(
    site={"name": "Bench", "url": "https://bench.example", "languages": ["en"]},
    controller={"name": "Bench", "address": "1 Street", "email": "a@bench.example"},
    cookie={"secrets": ["env:BENCH_SECRET"]},
    log={"url": "env:BENCH_LOG"},
    services=[{"use": "google-analytics"}, {"use": "youtube"}],
)
app = ConsentMiddleware(HTMLResponse("<p>Hello"), config=CONFIG)

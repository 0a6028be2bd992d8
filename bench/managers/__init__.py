"""Other consent managers on the gauntlet's site, its tags untouched, beside asgi-consent.

    python -m bench.managers [--whole]

``manager`` is how each is set up and refused, with the files in ``setup/``; ``site`` puts it first
into every page. They come from npm when this is run, in the versions of ``package.json``.
"""

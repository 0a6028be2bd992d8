"""Every way to reach a host that we know of, gone in a real browser before and after each choice.

``ways/`` are the ways, one under the other, each below a comment that is its name; ``way`` reads
them, ``site`` is the site that goes them, ``run`` the browser, ``table`` what is printed.
"""

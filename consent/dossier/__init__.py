"""One file for the authority: what was shown, what was chosen, and the proof (FR-23, FR-24, P-21).

What is in it, file by file, is in docs/dossier.md; whoever checks it needs nothing of this package.
"""

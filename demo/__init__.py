"""A small shop that carries the snippets real sites paste, and the third parties they call."""

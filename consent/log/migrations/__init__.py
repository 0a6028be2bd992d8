"""How the tables came to be: one revision after another, none ever changed once released."""

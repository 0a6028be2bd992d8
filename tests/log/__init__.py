"""What every proof log promises, and what only one kept on disk can."""

"""The tree over all records, and the texts in which it is signed and proven."""

"""What leaves the log: exports for a site and its authority, receipts for its visitors."""

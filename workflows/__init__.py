"""What happens after what: one workflow for a document's life, one child for each phase that waits for people."""

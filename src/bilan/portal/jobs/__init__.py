"""Work that takes longer than a page: queued, run by a worker, shown with its progress."""

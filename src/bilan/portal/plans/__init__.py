"""Plans on the site: documents, drafts under review, corrections with undo, published versions."""

"""What every page stands on: layout, languages, headers, error pages."""

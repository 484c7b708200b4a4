"""Files that people hand in and take away, checked at the door."""

"""The board, the pages of targets with their proof, what people enter about them, and the closing of periods."""

"""``board``: addresses and numbers of the pages of boards and targets."""

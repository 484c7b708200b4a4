"""Who may do what with which rows: one table, one filter."""

"""How plans say things: clauses, dates, quantities, predicates, names, responsibility, headings and tables."""

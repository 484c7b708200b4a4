"""How plans say things: clauses, dates, quantities, predicates, names, responsibility, headings and tables.

In the patterns ``[^\\W\\dA-Za-z_]``, a letter that is not Latin, stands for a Chinese character: it takes a twentieth
of the time to compile that the range of the characters takes, and a cold start compiles some three hundred patterns.
"""

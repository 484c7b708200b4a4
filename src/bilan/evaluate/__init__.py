"""Official figures: national methods applied to the facts of the lake or of a table.

See Also: ``indicators.reading`` for one indicator, ``air.lake`` and ``water.lake`` for tables of figures from the lake,
``air.tables`` and ``water.tables`` for figures of a file, ``engine.connect`` for what computes them.
"""

"""The board: which promise is kept, which is slipping, how much room is left, and who must act.

See Also: ``goal`` for what a target asks of a figure, ``verdict`` for how a figure stands to it.
"""

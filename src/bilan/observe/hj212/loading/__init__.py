"""Stored frames into the lake: the loader, the rows of a packet, and the means that devices do not send."""

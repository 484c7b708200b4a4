"""The web site: pages, people, rights, history and jobs above the library; the only room that knows Django.

Nothing here computes a figure. What people decide and enter is stored; figures are asked of the library.
"""

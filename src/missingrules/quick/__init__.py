"""The flat layout as columns, straight from Arrow tables: whole tables at once, for the children whose rows are plain.

Nothing is taken here that the border of cases would refuse, and what is taken is what it would give.
"""

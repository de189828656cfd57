"""Runs notebooks in warm processes: ``shell`` is the process, ``engine`` hands papermill's cells to it."""

"""The made-up world of the tests: people of a census, a project that measures them, and releases that nobody measured.

``people``    contracts over a small private table, and its rows as CSV
``project``   a folder with that table registered, its ledger, and what is obtained, fitted, checked and promoted there
``fixtures``  the project at each stage; ``project`` is the one that nothing was spent in
``stores``    where versions go when DVC and MLflow are not what a test is about
``releases``  noisy tables of made-up codes, for tests that need no ledger
``incomes``   the same of columns that depend on each other, for tests of generators
"""

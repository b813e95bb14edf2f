"""Tools of curators: programs that are given exact rows, in an environment of their own.

A tool is one file that ``python -I FILE FOLDER`` runs. In ``FOLDER`` are ``task.json`` and the tables ``synthetic``,
``measured`` and, of a split account, ``held_out``, as Parquet files; what it leaves in ``FOLDER/output`` goes to the
curator's store. The files of this folder that are not ``registry`` or ``environment`` are such tools: nothing here
imports them.
"""

"""Tests of this software on made-up rows, as commands: is the noise what was paid for, and does anything leak?

``mechanisms`` draws the noise of every kind of answers and attacks it, ``leak_test``
runs the whole chain over a made-up table full of marked values and searches all stores
for them. Copies that are broken on purpose must be noticed by the same tests. They live
here and nowhere else, and see made-up rows in memory only: no setting can put one of
them in the place of what measures.
"""

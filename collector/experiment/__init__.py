"""The engine: where scenario, browser, platform and store meet.

A run is a plan carried out: one operating-system process a session, blocks that start
together, every step and capture on record before the next begins.
"""

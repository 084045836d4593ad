"""How often is this very design wrong? Known truths in, the report's own verdicts out.

The road: scenario → plan → what each arm's puppets could be shown on the tested pages, scored by
the mock's own recommender (``probe``) → thousands of audits at once (``shown``, ``measured``) → the
report's own tests, family, gates and verdicts (``deciding``) → rates, held against the committed
table (``table``). Nothing here has a formula of the analysis a second time where the analysis
offers it for many data sets; what is computed at once is held against ``judge`` audit by audit.
"""

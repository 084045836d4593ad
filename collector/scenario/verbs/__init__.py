"""The verbs of the scenario language, one small class each, by what they do.

Whoever needs one of the modules gets all of them, so that verbs are registered, and listed, in one
order.
"""

# In the order in which the verbs are listed.
# isort: off
from collector.scenario.verbs import pages as pages
from collector.scenario.verbs import moving as moving
from collector.scenario.verbs import acting as acting
from collector.scenario.verbs import history as history
from collector.scenario.verbs import keeping as keeping

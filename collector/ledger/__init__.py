"""Who may write what, once: steps and sessions on record, leases, and where a cut-off session
resumes.
"""

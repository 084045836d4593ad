"""What the two TREX APIs share: envelopes of answers, errors, paging and moments in words."""

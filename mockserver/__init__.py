"""A mock platform whose recommender is known, and the four APIs of the field, over one world."""

"""What belongs to one platform above its parser: how it is worked, and where its evidence goes."""

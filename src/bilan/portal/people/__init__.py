"""Who works here: regions, units, users and the roles they have."""

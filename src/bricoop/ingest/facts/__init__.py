"""Turn prepared records into rows of the tables of entities, records and facts."""

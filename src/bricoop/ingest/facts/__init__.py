"""What prepared records say, as rows of the tables of entities, records and facts."""

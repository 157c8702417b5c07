"""What a person typed becomes what is known: one entity, one source, or whom words find."""

"""The setup assistant: from nothing to the first mail fetched in five questions, each tested as it is answered."""

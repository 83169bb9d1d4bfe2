"""The verb `report`: run folders as one self-contained page, with every number and every session."""

"""Sessions that come in and training sets that go out, and whether these are in order."""

"""Looking a training set over before anything is trained on it."""

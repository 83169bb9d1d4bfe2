"""How far raters agree: coefficients with intervals, severe and noisy raters, rating sheets."""

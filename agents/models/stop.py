"""The one exception that ends a run rather than an episode. It stands apart to stay light."""


class StopRun(Exception):  # noqa: N818 - a reason to stop, not always an error
    """No further call should be made: the endpoint cannot serve any, or the budget is spent."""

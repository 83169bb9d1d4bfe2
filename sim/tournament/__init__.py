"""The verb `tournament`: the same clients and seeds for every counselor, and what that lets one say."""

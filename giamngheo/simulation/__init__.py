"""Funding scenarios: money, its impact on incomes, and what the two rates become."""

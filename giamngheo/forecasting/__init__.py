"""The two rates without any change of plan: comparable series, prior, state space, trend, rivals, track record."""

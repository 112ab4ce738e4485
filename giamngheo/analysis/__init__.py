"""Questions put to simulations: money needed, cost-effectiveness, allocation, equity, monitoring, sensitivity."""

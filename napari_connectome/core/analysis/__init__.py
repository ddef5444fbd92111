"""What the weights of a connectome look like, and the data behind them (Knox et al. 2018)."""

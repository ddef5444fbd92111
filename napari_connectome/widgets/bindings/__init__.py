"""What ties each view to the state: results in, requests out."""

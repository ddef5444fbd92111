"""Pictures for papers: matplotlib figures made from models, without any window."""

"""Review of proposed pairs: their order, what is shown of them, and what keys do."""

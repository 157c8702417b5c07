"""The knowledge base as a lake: Parquet files with a manifest, and questions to them."""

"""WeChat official account (公众号) in safe mode."""

"""The reading of pages whose site has no layout of its own. No host name stands here."""

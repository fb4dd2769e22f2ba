"""The declared sites, one module a site or group of sites."""

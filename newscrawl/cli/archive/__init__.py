"""Commands on the whole archive: upkeep, evidence, exports, data sets to publish."""

"""Pictures of the article, their captions and credits."""

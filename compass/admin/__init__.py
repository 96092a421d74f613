from compass.admin import framework, history, library, pages, pictures, recordings, research, shelves

__all__ = ["framework", "history", "library", "pages", "pictures", "recordings", "research", "shelves"]

"""The page «Состояние»: seven questions of an executive, each answered by a part of its own."""

"""The page «Сценарии»: levers, what comes of them, least resources, splitting, several side by side."""

"""Where songs come from: each module fetches something free and makes song folders of it."""

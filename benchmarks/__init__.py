"""What the pages and the API cost, as ratios against bare views of the same run."""

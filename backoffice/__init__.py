"""Staff back office for a ministry that receives more applications than it may admit."""

"""What a network does to its input before its first weights tells how the input must be scaled."""

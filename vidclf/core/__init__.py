"""What every room may use: frames, annotations, preprocessing, FFmpeg, threads, caches."""

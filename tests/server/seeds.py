"""seeds: the two formats as their source writes them down, blanks after the commas and all."""
SEED_HH = "MPAN, Date, " + ", ".join(f"HH{i:02d}" for i in range(1, 49)) + "\n1234567890123, 2025-11-07, " + \
    ", ".join(f"{1.5 + i / 10:.1f}" for i in range(48)) + "\n"
SEED_DAILY = "MPAN, Date, Reading\n1234567890123, 2025-11-07, 45.6\n"

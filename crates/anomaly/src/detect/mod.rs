//! The detectors, one file each behind one trait.

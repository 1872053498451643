//! Objects of the platform behind one trait.

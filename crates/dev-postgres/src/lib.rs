//! A private PostgreSQL for development and tests.

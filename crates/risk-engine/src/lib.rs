//! Rules, contexts, scores and their explanations.

//! How it thinks: reflexes and the ReAct turn.

"""nDCG on sets of other fields, so that what is learnt for one corpus does not cost the others."""

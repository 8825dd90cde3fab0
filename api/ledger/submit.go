package ledger

func (h *handlers) registerSubmit() {}

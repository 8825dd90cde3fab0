package app

import "strconv"

// envelope judges what does not depend on the op: chain, valid-until, key,
// signature, nonce (rule 13). It never judges standing or roles: those are
// the op's.
func (d *draft) envelope() *Rejection {
	tx := d.tx
	if tx.ChainID != d.block.ChainID {
		return &Rejection{CodeWrongChain, "this is " + d.block.ChainID + ", the transaction is for " + tx.ChainID}
	}
	if tx.ValidUntil < d.block.Height {
		return &Rejection{CodeExpiredTx, "valid until height " + num(tx.ValidUntil) + ", this is " + num(d.block.Height)}
	}
	if tx.ValidUntil-d.block.Height > d.params.MaxValidBlocks {
		return &Rejection{CodeValidUntilTooFar, "at most " + num(d.params.MaxValidBlocks) + " blocks ahead"}
	}
	key := d.keys.get(tx.KeyID)
	if key == nil {
		return &Rejection{CodeUnknownKey, "key " + tx.KeyID.String()}
	}
	if code := key.validAt(d.block.Time); code != CodeOK {
		return &Rejection{code, "key " + tx.KeyID.String() + " may not sign operations now"}
	}
	if code := key.nonceCode(tx.Nonce); code != CodeOK {
		return &Rejection{code, "nonce " + num(tx.Nonce) + ", the highest used is " + num(key.Highest)}
	}
	if !tx.VerifySignature(key.Public) {
		return &Rejection{CodeBadSignature, "key " + tx.KeyID.String()}
	}
	d.by = key.Partner
	if d.signer = d.partners.get(key.Partner); d.signer == nil {
		d.fail(&CorruptError{Key: PartnerKey(key.Partner), Err: errMissing})
		d.signer = &Partner{}
	}
	return nil
}

// validAt judges whether the key may sign operations at a block's time.
func (k *Key) validAt(blockTime uint64) Code {
	if k.Purpose != PurposeOperations || blockTime < k.From || (k.Until != 0 && blockTime >= k.Until) {
		return CodeKeyNotValid
	}
	return CodeOK
}

// spendNonce records the tx's nonce, also when its op was rejected.
func (d *draft) spendNonce() {
	d.keys.edit(d.tx.KeyID).useNonce(d.tx.Nonce)
}

// checkEventTime judges the op's event time against the block (rule 11). The
// custody times of what the op touches are judged where it touches them.
func (d *draft) checkEventTime() error {
	t, now := d.tx.EventTime, d.block.Time
	if t > now+d.params.ClockToleranceSeconds {
		return reject(CodeEventInFuture, "event time %d, block time %d, tolerance %d s", t, now, d.params.ClockToleranceSeconds)
	}
	if age := d.params.MaxEventAgeDays; age < noEventAge && t+age*secondsPerDay < now {
		return reject(CodeEventTooOld, "event time %d, block time %d, at most %d days", t, now, age)
	}
	return nil
}

func num(v uint64) string { return strconv.FormatUint(v, 10) }

// Meter counts what each key uses of one block, in the order of the block
// (rule 13). Every node refuses a block that exceeds a quota, so proposals
// are filled with the same Meter.
type Meter struct {
	params Params
	used   map[KeyID]usage
}

type usage struct{ bytes, openings uint64 }

// NewMeter starts a block. The error is this node's trouble.
func NewMeter(v View) (*Meter, error) {
	d := newDraft(v, Block{}, nil)
	return &Meter{params: d.params, used: make(map[KeyID]usage)}, d.failure()
}

// Admit counts tx, or refuses it when its key's quota does not reach.
func (m *Meter) Admit(tx *Tx) *Rejection {
	u := m.used[tx.KeyID]
	u.bytes += uint64(tx.Bytes())
	u.openings += uint64(tx.Openings())
	if u.bytes > m.params.QuotaBytes || u.openings > m.params.QuotaOpenings {
		return &Rejection{CodeQuotaExceeded, "key " + tx.KeyID.String()}
	}
	m.used[tx.KeyID] = u
	return nil
}

// Charge counts what an admitted tx turned out to read: an account of a lot
// counts as an opening. What exceeds the quota keeps the key's next txs out of
// the block, not this one.
func (m *Meter) Charge(tx *Tx, res *Result) {
	if res.LotsRead > 0 {
		u := m.used[tx.KeyID]
		u.openings += uint64(res.LotsRead)
		m.used[tx.KeyID] = u
	}
}

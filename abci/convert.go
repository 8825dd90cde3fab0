package abci

import (
	"encoding/hex"
	"errors"

	abcitypes "github.com/cometbft/cometbft/abci/types"

	"github.com/pedigree-ledger/pedigree/app"
)

// txResults turns the results of a block into CometBFT's. The block's results
// hash covers Code, Data and gas, which are functions of the verdict and of the
// tx's size; Log and events are for people and subscribers.
func txResults(e *execution) []*abcitypes.ExecTxResult {
	out := make([]*abcitypes.ExecTxResult, len(e.results))
	for i := range e.results {
		r := &e.results[i]
		out[i] = &abcitypes.ExecTxResult{
			Code: uint32(r.Code), Data: r.Data, Log: logOf(r),
			GasWanted: gas(e.raws[i]), GasUsed: gas(e.raws[i]),
			Events: events(r.Events), Codespace: Codespace,
		}
	}
	return out
}

// gas is a tx's size: there is no price, but explorers want a number.
func gas(raw []byte) int64 { return int64(len(raw)) }

// logOf names the code, then what was expected and found; empty when accepted.
func logOf(r *app.Result) string {
	if r.Code == app.CodeOK {
		return ""
	}
	return (&app.Rejection{Code: r.Code, Detail: r.Detail}).Error()
}

func events(in []app.Event) []abcitypes.Event {
	out := make([]abcitypes.Event, len(in))
	for i, ev := range in {
		out[i].Type = string(ev.Type)
		for _, a := range ev.Attributes {
			out[i].Attributes = append(out[i].Attributes, abcitypes.EventAttribute{Key: a.Name, Value: a.Value, Index: true})
		}
	}
	return out
}

// asRejection returns the rejection that Decode gave.
func asRejection(err error) *app.Rejection {
	var rej *app.Rejection
	if errors.As(err, &rej) {
		return rej
	}
	return &app.Rejection{Code: app.CodeMalformed, Detail: err.Error()}
}

func hexBytes(b []byte) string { return hex.EncodeToString(b) }

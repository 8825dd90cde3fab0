package ledger

import (
	"context"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
)

// The questions about listings.
type (
	lotPage struct {
		LotPath
		Paging
	}
	partnerPage struct {
		PartnerPath
		Paging
	}
	numberPage struct {
		NumberPath
		Paging
	}
	segmentsQuestion struct {
		LotPath
		Sequence uint32 `path:"sequence" doc:"the number of the commission in the lot, from 0"`
	}
	entriesQuestion struct {
		HoldingPath
		Segment uint32 `path:"segment" doc:"the number of the segment in the holding, from 0"`
	}
)

// registerListings adds what the node's index lists.
func (h *handlers) registerListings() {
	h.registerLotListings()
	h.registerPartnerListings()
	h.registerCaseListings()
	get(h, resource{id: "listShipmentHoldings", path: "/shipments/{number}/holdings", query: app.PathShipmentHoldings}, func(ctx context.Context, in *numberPage) (*app.Page[app.HoldingSummary], error) {
		return h.Client.ShipmentHoldings(ctx, in.Number, in.page())
	})
	get(h, resource{id: "listEntries", path: "/holdings/{holding}/segments/{segment}/entries", query: app.PathEntries}, func(ctx context.Context, in *entriesQuestion) ([]app.Entry, error) {
		id, err := app.ParseHoldingID(in.Holding)
		if err != nil {
			return nil, badParam("holding", "%v", err)
		}
		return h.Client.Entries(ctx, id, in.Segment)
	})
}

// ofLot registers a listing about a lot.
func ofLot[T any](h *handlers, r resource, list func(context.Context, app.LotID, app.PageRequest) (*app.Page[T], error)) {
	get(h, r, func(ctx context.Context, in *lotPage) (*app.Page[T], error) {
		lot, err := in.id()
		if err != nil {
			return nil, err
		}
		return list(ctx, lot, in.page())
	})
}

// Sales names a lot and a partner that sold it.
type Sales struct {
	LotPath
	Seller string `query:"seller" required:"true" doc:"the GLN of the partner that sold"`
}

func (q *Sales) read() (lot app.LotID, seller gs1.GLN, err error) {
	if lot, err = q.id(); err != nil {
		return lot, seller, err
	}
	seller, err = gln("seller", q.Seller)
	return lot, seller, err
}

func (h *handlers) registerLotListings() {
	c := h.Client
	ofLot(h, resource{id: "listLotHoldings", path: "/lots/{gtin}/{lot}/holdings", query: app.PathLotHoldings}, c.LotHoldings)
	ofLot(h, resource{id: "listLotsMadeFrom", path: "/lots/{gtin}/{lot}/made", query: app.PathLotsMadeFrom}, c.LotsMadeFrom)
	get(h, resource{id: "listLotSales", path: "/lots/{gtin}/{lot}/sales", query: app.PathLotSales}, func(ctx context.Context, in *struct {
		Sales
		Paging
	},
	) (*app.Page[app.LotSale], error) {
		lot, seller, err := in.read()
		if err != nil {
			return nil, err
		}
		return c.LotSales(ctx, seller, lot, in.page())
	})
	get(h, resource{
		id: "getLotCustomers", path: "/lots/{gtin}/{lot}/customers", summary: "Which customers a partner sold a lot to",
		more: "Each shipment is proved as of one height; that none was left out is the node's word.",
	}, func(ctx context.Context, in *Sales) (*client.LotCustomers, error) {
		lot, seller, err := in.read()
		if err != nil {
			return nil, err
		}
		return c.LotCustomers(ctx, seller, lot)
	})
	get(h, resource{id: "listCommissionSegments", path: "/lots/{gtin}/{lot}/commissions/{sequence}/segments", query: app.PathCommissionSegments}, func(ctx context.Context, in *segmentsQuestion) ([]app.CommissionSegment, error) {
		lot, err := in.id()
		if err != nil {
			return nil, err
		}
		return c.CommissionSegments(ctx, lot, in.Sequence)
	})
	h.registerRecalls()
}

// ofPartner registers a listing about a partner.
func ofPartner[T any](h *handlers, r resource, list func(context.Context, gs1.GLN, app.PageRequest) (*app.Page[T], error)) {
	get(h, r, func(ctx context.Context, in *partnerPage) (*app.Page[T], error) {
		g, err := in.id()
		if err != nil {
			return nil, err
		}
		return list(ctx, g, in.page())
	})
}

func (h *handlers) registerPartnerListings() {
	c := h.Client
	get(h, resource{id: "listPartners", path: "/partners", query: app.PathPartners}, func(ctx context.Context, in *Paging) (*app.Page[app.PartnerEnd], error) {
		return c.Partners(ctx, in.page())
	})
	get(h, resource{id: "listExpiringPartners", path: "/expiring", query: app.PathExpiring}, func(ctx context.Context, in *struct {
		Days uint32 `query:"days" maximum:"3650" doc:"within how many days after the last block the credential ends"`
		Paging
	},
	) (*app.Page[app.PartnerEnd], error) {
		return c.Expiring(ctx, in.Days, in.page())
	})
	ofPartner(h, resource{id: "listPartnerHoldings", path: "/partners/{gln}/holdings", query: app.PathPartnerHoldings}, c.PartnerHoldings)
	ofPartner(h, resource{id: "listPartnerClocks", path: "/partners/{gln}/clocks", query: app.PathClocks}, c.Clocks)
	ofPartner(h, resource{id: "listPartnerTraces", path: "/partners/{gln}/traces", query: app.PathTraceRequests}, c.TraceRequests)
	ofPartner(h, resource{id: "listPartnerNotices", path: "/partners/{gln}/notices", query: app.PathNotices}, c.Notices)
	ofPartner(h, resource{id: "listPartnerCorrections", path: "/partners/{gln}/corrections", query: app.PathCorrections}, c.Corrections)
	get(h, resource{id: "listPartnerShipments", path: "/partners/{gln}/shipments", query: app.PathPartnerShipments}, func(ctx context.Context, in *struct {
		PartnerPath
		Paging
		Status string `query:"status" enum:"open,short,closed,all" default:"all" doc:"which shipments"`
	},
	) (*app.Page[app.ShipmentSummary], error) {
		g, err := in.id()
		if err != nil {
			return nil, err
		}
		return c.PartnerShipments(ctx, g, in.Status, in.page())
	})
	get(h, resource{
		id: "getPartnerAt", path: "/partners/{gln}/at", summary: "What was registered about a partner at a moment of the past, proved",
		more: "Who was authorised, and who was suspended. The node must still keep that state: only an archive keeps all.",
	}, h.partnerAt)
}

func (h *handlers) partnerAt(ctx context.Context, in *struct {
	PartnerPath
	Time time.Time `query:"time" required:"true" doc:"the moment, such as 2026-01-31T08:00:00Z"`
	Proving
},
) (*Record[app.Partner], error) {
	g, err := in.id()
	if err != nil {
		return nil, err
	}
	p, err := h.Client.PartnerAt(ctx, g, in.Time)
	if err != nil || !in.Proof {
		if err != nil {
			return nil, err
		}
		return answer(&p.Proven, nil)
	}
	shown, file, err := client.QueryProofAt(ctx, h.Client, p.Height, app.DecodePartner, "/partner/{gln}", g.String())
	if err != nil {
		return nil, err
	}
	return answer(shown, file)
}

// registerCaseListings adds what is open between partners.
func (h *handlers) registerCaseListings() {
	c := h.Client
	get(h, resource{id: "listExceptions", path: "/partners/{gln}/exceptions", query: app.PathExceptions}, func(ctx context.Context, in *struct {
		PartnerPath
		Paging
		Status string `query:"status" enum:"open,accepted,rejected,resolved,all" default:"all" doc:"which exceptions"`
	},
	) (*app.Page[app.ExceptionSummary], error) {
		g, err := in.id()
		if err != nil {
			return nil, err
		}
		return c.Exceptions(ctx, g, in.Status, in.page())
	})
	get(h, resource{id: "listInvestigations", path: "/investigations", query: app.PathInvestigations}, func(ctx context.Context, in *struct {
		Status string `query:"status" enum:"open,closed,overdue,all" default:"all" doc:"which investigations"`
		Paging
	},
	) (*app.Page[app.InvestigationSummary], error) {
		list, err := app.ParseInvestigationList(in.Status)
		if err != nil {
			return nil, badParam("status", "%v", err)
		}
		return c.Investigations(ctx, list, in.page())
	})
}

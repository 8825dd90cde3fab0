package app

// InvestigationSummary is an investigation with its number; PathInvestigations
// answers a Page of them.
type InvestigationSummary struct {
	// Number is that of the investigation.
	Number uint64 `json:"number"`
	// Late: its first notice missed the due time, as of the last block.
	Late bool `json:"late,omitempty"`
	Investigation
}

// NoticeSummary is what stands for one partner about one subject; PathNotices
// answers a Page of them.
type NoticeSummary struct {
	// Subject is a key, or a lot as 01 GTIN-14 10 lot.
	Subject Subject `json:"subject"`
	Notice
}

// InvestigationList is a status that PathInvestigations lists by.
type InvestigationList uint8

// The lists.
const (
	ListAll    InvestigationList = 0
	ListOpen   InvestigationList = 1
	ListClosed InvestigationList = 2
	// ListOverdue: illegitimate, and no notice given by its due time, as of
	// the last block.
	ListOverdue InvestigationList = 3

	investigationLists = 4
)

// String is the list's name, as it stands in the path.
func (l InvestigationList) String() string {
	names := [investigationLists]string{"all", "open", "closed", "overdue"}
	if l >= investigationLists {
		return "unknown"
	}
	return names[l]
}

// ParseInvestigationList reads a list's name.
func ParseInvestigationList(s string) (l InvestigationList, err error) {
	return l, readWord(&l, []byte(s), ListAll, investigationLists, "list of investigations: open, closed, overdue or all")
}

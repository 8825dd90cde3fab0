package gs1

// spec is what is known of one application identifier (GS 3.2). Its strings use
// a notation of their own:
//
//   - format: components separated by spaces, each a character set (N digits,
//     X set 82, Y set 39, Z base64url), a length ("6" exactly, "..20" 1 to 20)
//     and, after a colon, its rules; "?" before it makes the component optional.
//   - needs: alternatives separated by spaces, each the AIs that must all stand
//     beside this one, joined by "+"; the letter n stands for any digit.
//   - bars: the AIs this one must not stand beside.
//   - path: for a Digital Link primary key, the qualifiers that may follow it,
//     in order, joined by "+"; alternative sequences separated by spaces.
type spec struct {
	format string
	needs  string
	bars   string
	path   string
	// preset marks a value of predefined length, which needs no separator
	// after it (GS 7.8.5).
	preset bool
	// attribute marks an AI that a Digital Link may carry in its query (DL 4.10).
	attribute bool
	// primary marks a Digital Link primary key (DL 4.3).
	primary bool
}

const (
	withItem     = "01 02 03 8006 8026"
	withContent  = "01 02"
	withSSCC     = "00"
	withGTINSN   = "01+21"
	itemPath     = "22+10+21 235"
	countries    = "N3:country ?N3:country ?N3:country ?N3:country ?N3:country"
	bySomeAmount = "30 31nn 32nn 35nn 36nn"
)

// aiLength returns the number of digits of the AIs that begin with the digits a
// and b, and 0 if there are none (GS table 7.8.1-1).
func aiLength(a, b byte) int {
	switch a {
	case '0':
		if b <= '4' {
			return 2
		}
		return 0
	case '1', '9':
		return 2
	case '2':
		switch b {
		case '0', '1', '2':
			return 2
		case '3', '4', '5':
			return 3
		}
		return 0
	case '3':
		switch b {
		case '0', '7':
			return 2
		}
		return 4
	case '4':
		switch b {
		case '0', '1', '2':
			return 3
		case '3':
			return 4
		}
		return 0
	case '7':
		if b == '1' {
			return 3
		}
		return 4
	case '8':
		return 4
	default:
		return 0
	}
}

// lookup returns the definition of an application identifier.
func lookup(ai string) (spec, bool) {
	switch len(ai) {
	case 2:
		return lookup2(ai)
	case 3:
		return lookup3(ai)
	case 4:
		switch ai[0] {
		case '3':
			return lookupMeasure(ai)
		case '4':
			return lookupShipTo(ai)
		case '7':
			return lookupTrade(ai)
		case '8':
			return lookupOther(ai)
		}
	}
	return spec{}, false
}

func lookup2(ai string) (spec, bool) {
	switch ai {
	case "00":
		return spec{format: "N18:csum", preset: true, attribute: true, primary: true}, true
	case "01":
		return spec{format: "N14:csum", preset: true, attribute: true, primary: true, bars: "255 37", path: itemPath}, true
	case "02":
		return spec{format: "N14:csum", preset: true, attribute: true, needs: "37", bars: "01 03"}, true
	case "03":
		return spec{format: "N14:csum", preset: true, bars: "01 02 37 235"}, true
	case "10":
		return spec{format: "X..20", attribute: true, needs: withItem}, true
	case "11", "13", "15", "16":
		return spec{format: "N6:date0", preset: true, attribute: true, needs: withItem}, true
	case "12":
		return spec{format: "N6:date0", preset: true, attribute: true, needs: "8020"}, true
	case "17":
		return spec{format: "N6:date0", preset: true, attribute: true, needs: "01 02 03 255 8006 8026"}, true
	case "20":
		return spec{format: "N2", preset: true, attribute: true, needs: withItem}, true
	case "21":
		return spec{format: "X..20", needs: "01 03 8006", bars: "235"}, true
	case "22":
		return spec{format: "X..20", needs: "01"}, true
	case "30":
		return spec{format: "N..8", attribute: true, needs: withContent}, true
	case "37":
		return spec{format: "N..8", attribute: true, needs: "00+02 00+8026"}, true
	case "90":
		return spec{format: "X..30", attribute: true}, true
	case "91", "92", "93", "94", "95", "96", "97", "98", "99":
		return spec{format: "X..90", attribute: true}, true
	default:
		return spec{}, false
	}
}

func lookup3(ai string) (spec, bool) {
	switch ai {
	case "235":
		return spec{format: "X..28", needs: "01"}, true
	case "240", "241":
		return spec{format: "X..30", attribute: true, needs: withItem}, true
	case "242":
		return spec{format: "N..6", attribute: true, needs: "01 02 8006 8026"}, true
	case "243":
		return spec{format: "X..20", attribute: true, needs: "01 03"}, true
	case "250":
		return spec{format: "X..30", attribute: true, needs: "01+21 03+21 8006+21"}, true
	case "251":
		return spec{format: "X..30", attribute: true, needs: "01 03 8006"}, true
	case "253":
		return spec{format: "N13:csum ?X..17", attribute: true, primary: true}, true
	case "254":
		return spec{format: "X..20", needs: "414"}, true
	case "255":
		return spec{format: "N13:csum ?N..12", attribute: true, primary: true, bars: "01 02 415 8006 8020 8026"}, true
	case "400":
		return spec{format: "X..30", attribute: true}, true
	case "401":
		return spec{format: "X..30:prefix", attribute: true, primary: true}, true
	case "402":
		return spec{format: "N17:csum", attribute: true, primary: true}, true
	case "403":
		return spec{format: "X..30", attribute: true, needs: withSSCC}, true
	case "410", "411", "412", "413", "416":
		return spec{format: "N13:csum", preset: true, attribute: true}, true
	case "414":
		return spec{format: "N13:csum", preset: true, attribute: true, primary: true, path: "254 7040"}, true
	case "415":
		return spec{format: "N13:csum", preset: true, attribute: true, primary: true, needs: "8020", path: "8020"}, true
	case "417":
		return spec{format: "N13:csum", preset: true, attribute: true, primary: true, path: "7040"}, true
	case "420":
		return spec{format: "X..20", attribute: true, bars: "421"}, true
	case "421":
		return spec{format: "N3:country X..9", attribute: true, bars: "4307"}, true
	case "422":
		return spec{format: "N3:country", attribute: true, needs: withItem, bars: "426"}, true
	case "423", "425":
		return spec{format: countries, attribute: true, needs: "01 02 03", bars: "426"}, true
	case "424":
		return spec{format: "N3:country", attribute: true, needs: "01 02 03", bars: "426"}, true
	case "426":
		return spec{format: "N3:country", attribute: true, needs: "01 02 03"}, true
	case "427":
		return spec{format: "X..3", attribute: true, needs: "01+422 02+422 03+422"}, true
	case "710", "711", "712", "713", "714", "715", "716", "717":
		return spec{format: "X..20", attribute: true, needs: "01"}, true
	default:
		return spec{}, false
	}
}

package gs1

// lookupShipTo knows the transport AIs, 43nn.
func lookupShipTo(ai string) (spec, bool) {
	s := spec{attribute: true, needs: withSSCC}
	switch ai {
	case "4300", "4301", "4310", "4311", "4320":
		s.format = "X..35:percent"
	case "4302", "4304", "4305", "4306", "4312", "4314", "4315", "4316":
		s.format = "X..70:percent"
	case "4303":
		s.format, s.needs = "X..70:percent", "4302"
	case "4313":
		s.format, s.needs = "X..70:percent", "4312"
	case "4307", "4317":
		s.format = "X2:alpha2"
	case "4308", "4319":
		s.format = "X..30"
	case "4318":
		s.format = "X..20"
	case "4309":
		s.format = "N10:latitude N10:longitude"
	case "4321", "4322", "4323":
		s.format = "N1:yesno"
	case "4324", "4325":
		s.format = "N6:date0 N4:time"
	case "4326":
		s.format = "N6:date"
	case "4330":
		s.format, s.bars = "N6 ?X1:hyphen", "4331"
	case "4331":
		s.format, s.bars = "N6 ?X1:hyphen", "4330"
	case "4332":
		s.format, s.bars = "N6 ?X1:hyphen", "4333"
	case "4333":
		s.format, s.bars = "N6 ?X1:hyphen", "4332"
	default:
		return spec{}, false
	}
	return s, true
}

// lookupTrade knows the trade item and healthcare AIs, 70nn and 72nn.
func lookupTrade(ai string) (spec, bool) {
	switch {
	case ai[:3] == "703" && ai[3] >= '0' && ai[3] <= '9':
		return spec{format: "N3:country999 X..27", attribute: true, needs: withContent}, true
	case ai[:3] == "723" && ai[3] >= '0' && ai[3] <= '9':
		return spec{format: "X2 X..28", attribute: true, needs: "01 8004"}, true
	case ai[:2] == "70":
		return lookup70(ai)
	default:
		return lookup72(ai)
	}
}

func lookup70(ai string) (spec, bool) {
	s := spec{attribute: true, needs: withContent}
	switch ai {
	case "7001":
		s.format, s.needs = "N13", "01 02 8006 8026"
	case "7002":
		s.format = "X..30"
	case "7003":
		s.format, s.needs = "N6:date N4:time", "01 02 03"
	case "7004":
		s.format, s.needs = "N..4", "01+10 03+10"
	case "7005":
		s.format = "X..12"
	case "7006":
		s.format = "N6:date"
	case "7007":
		s.format = "N6:date ?N6:date"
	case "7008":
		s.format = "X..3"
	case "7009":
		s.format = "X..10"
	case "7010":
		s.format, s.needs = "X..2", "01 02 03"
	case "7011":
		s.format, s.needs = "N6:date ?N4:time", "01 02 03"
	case "7020":
		s.format, s.needs = "X..20", "01+416 03+416 8006+416"
	case "7021":
		s.format, s.needs = "X..20", "01 03 8006"
	case "7022":
		s.format, s.needs = "X..20", "01+7021 03+7021 8006+7021"
	case "7023":
		s.format, s.needs = "X..30:prefix", ""
	case "7040":
		s.format, s.needs, s.attribute = "N1 X1 X1 X1:importer", "", false
	case "7041":
		s.format, s.needs, s.attribute = "X..4:package", withSSCC, false
	default:
		return spec{}, false
	}
	return s, true
}

func lookup72(ai string) (spec, bool) {
	const person = "8017 8018"
	s := spec{attribute: true, needs: person}
	switch ai {
	case "7240":
		s.format, s.needs, s.bars = "X..20", "01 8006", "03"
	case "7241":
		s.format = "N2:media"
	case "7242":
		s.format = "X..25"
	case "7250":
		s.format, s.needs, s.bars = "N8:date8", "8018", "7251"
	case "7251":
		s.format, s.needs, s.bars = "N8:date8 N4:time", "8018", "7250"
	case "7252":
		s.format, s.needs = "N1:sex", "8018"
	case "7253", "7254":
		s.format, s.bars = "X..40:percent", "7256 7259"
	case "7255":
		s.format, s.bars = "X..10", "7256 7259"
	case "7256":
		s.format = "X..90:percent"
	case "7257":
		s.format, s.needs = "X..70:percent", "8018"
	case "7258":
		s.format, s.needs = "X3:sequence", "8018+7259"
	case "7259":
		s.format, s.needs, s.bars = "X..40:percent", "8018", "7256"
	default:
		return spec{}, false
	}
	return s, true
}

// lookupOther knows the rest, 8nnn.
func lookupOther(ai string) (spec, bool) {
	s := spec{attribute: true}
	switch ai {
	case "8001":
		s.format, s.needs = "N4:nonzero N5:nonzero N3:nonzero N1:winding N1", "01"
	case "8002":
		s.format = "X..20"
	case "8003":
		s.format, s.primary = "N1:zero N13:csum ?X..16", true
	case "8004":
		s.format, s.primary, s.path = "X..30:prefix", true, "7040"
	case "8005":
		s.format, s.needs = "N6", withContent
	case "8006":
		s.format, s.bars, s.primary, s.path = "N14:csum N4:piece", "01 03 37", true, "22+10+21"
	case "8007":
		s.format, s.needs = "X..34:iban", "415"
	case "8008":
		s.format, s.needs = "N6:date N2:hour ?N2:minute ?N2:minute", "01 02 03"
	case "8009":
		s.format, s.needs = "X..50", "00 01 03"
	case "8010":
		s.format, s.primary, s.path = "Y..30:prefix", true, "8011"
	case "8012":
		s.format, s.needs = "X..20", "01 03 8006"
	case "8013":
		s.format, s.primary = "X..25:pair+prefix", true
	case "8017":
		s.format, s.bars, s.primary, s.path = "N18:csum", "8018", true, "8019"
	case "8018":
		s.format, s.bars, s.primary, s.path = "N18:csum", "8017", true, "8019"
	case "8026":
		s.format, s.needs, s.bars = "N14:csum N4:piece", "37", "02 03 8006"
	case "8030":
		s.format, s.needs = "Z..90:base64", "00 01+21 03+21 253 255 8003 8004 8006+21 8010+8011 8017 8018"
	case "8110":
		s.format = "X..70:coupon"
	case "8112":
		s.format = "X..70:offer"
	case "8111":
		s.format, s.needs = "N4", "255"
	default:
		return lookupPathOnly(ai)
	}
	return s, true
}

// lookupPathOnly knows the 8nnn AIs that a Digital Link does not carry in its
// query.
func lookupPathOnly(ai string) (spec, bool) {
	var s spec
	switch ai {
	case "8011":
		s.format, s.needs = "N..12:nolead0", "8010"
	case "8014":
		s.format, s.needs = "X..25:pair+letter+prefix", "01"
	case "8019":
		s.format, s.needs = "N..10", "8017 8018"
	case "8020":
		s.format, s.needs = "X..25", "415"
	case "8040":
		s.format, s.needs = "N15", withGTINSN
	case "8041":
		s.format, s.needs = "N15", withGTINSN+"+8040"
	case "8042":
		s.format, s.needs = "N32", withGTINSN+"+8040"
	case "8043":
		s.format, s.needs = "N18 ?N..2", withGTINSN+"+8040"
	case "8200":
		s.format, s.needs = "X..70", "01"
	default:
		return spec{}, false
	}
	return s, true
}

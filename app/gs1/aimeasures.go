package gs1

import "strings"

// lookupMeasure knows the measures and amounts, 31nn to 36nn and 39nn. The last
// digit is the number of decimals.
func lookupMeasure(ai string) (spec, bool) {
	if ai[1] == '9' {
		return lookupAmount(ai)
	}
	if ai[3] < '0' || ai[3] > '5' {
		return spec{}, false
	}
	// Trade measures describe an item, logistic ones also a logistic unit.
	const trade = "310 311 312 313 314 315 316 320 321 322 323 324 325 326 327 328 329 " +
		"350 351 352 356 357 360 361 364 365 366"
	const logistic = "330 331 332 333 334 335 336 340 341 342 343 344 345 346 347 348 349 " +
		"353 354 355 362 363 367 368 369"
	s := spec{format: "N6", preset: true, attribute: true, bars: ai[:3] + "n"}
	switch family := ai[:3]; {
	case strings.Contains(trade, family):
		s.needs = withContent
	case strings.Contains(logistic, family):
		s.needs = "00 01"
	case family == "337":
		s.needs = "01"
	default:
		return spec{}, false
	}
	return s, true
}

func lookupAmount(ai string) (spec, bool) {
	last := ai[3]
	if last < '0' || last > '9' {
		return spec{}, false
	}
	switch {
	case ai[2] == '0':
		return spec{format: "N..15", attribute: true, needs: "255 8020", bars: "390n 391n 394n 8111"}, true
	case ai[2] == '1':
		return spec{format: "N3:currency N..15", attribute: true, needs: "8020", bars: "391n"}, true
	case ai[2] == '2':
		return spec{format: "N..15", attribute: true, needs: "01+30 01+31nn 01+32nn 01+35nn 01+36nn", bars: "392n 393n"}, true
	case ai[2] == '3':
		return spec{format: "N3:currency N..15", attribute: true, needs: bySomeAmount, bars: "393n"}, true
	case ai[2] == '4' && last <= '3':
		return spec{format: "N4", attribute: true, needs: "255", bars: "394n 8111"}, true
	case ai[2] == '5' && last <= '5':
		return spec{format: "N6", attribute: true, needs: bySomeAmount, bars: "392n 393n 395n 8005"}, true
	default:
		return spec{}, false
	}
}

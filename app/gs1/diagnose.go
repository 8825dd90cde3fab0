package gs1

import "strings"

// diagnose looks for a cause behind the error that reading s gave. Causes are
// tried in a fixed order, those that damage the whole scan first: letters in
// swapped case, a wrong keyboard layout, separators sent as text, separators
// lost. What none of them explains keeps its own error.
func diagnose(s string, e *ScanError) *ScanError {
	if s == "" {
		return e
	}
	if d := diagnoseCase(s); d != nil {
		return d
	}
	if d := diagnoseKeyboard(s); d != nil {
		return d
	}
	if d := diagnoseWrittenSeparator(s); d != nil {
		return d
	}
	if d := diagnoseLostSeparator(s, e); d != nil {
		return d
	}
	return hintGTIN13(s, e)
}

// diagnoseCase reports swapped case if the scan reads well once swapped back,
// or its symbology identifier exists in the other case only.
func diagnoseCase(s string) *ScanError {
	swapped := swapCase(s)
	if swapped == s {
		return nil
	}
	es, e := readScan(swapped)
	if e != nil && !(isSymbology(swapped) && !isSymbology(s)) {
		return nil
	}
	d := &ScanError{
		Problem: ProblemCapsLock, Offset: 0,
		Detail: "it would read well with the case of its letters turned round",
		Hint:   "turn caps lock off and scan again",
	}
	if e != nil {
		d.Detail = "the symbology identifier " + s[:symbologyLen] + " exists as " + swapped[:symbologyLen] + " only"
		return d
	}
	d.Hint += "; meant is " + es.Bracketed()
	return d
}

// isSymbology reports whether s begins with a symbology identifier in use for
// GS1 data.
func isSymbology(s string) bool {
	if len(s) < symbologyLen {
		return false
	}
	switch s[:symbologyLen] {
	case "]d2", "]d1", "]C1", "]Q1", "]Q3", "]e0", "]J0", "]J1", "]E0", "]E4", "]I0", "]I1":
		return true
	default:
		return false
	}
}

func swapCase(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
			b[i] = c ^ 0x20
		}
	}
	return string(b)
}

// diagnoseKeyboard reports a keyboard-wedge reader that types as a US keyboard
// into a computer set to another layout.
func diagnoseKeyboard(s string) *ScanError {
	if !hasNonASCII(s) && s[0] != '+' && s[0] != '$' {
		return nil
	}
	for _, layout := range [...]string{"German", "French"} {
		es, e := readScan(asUSKeyboard(layout, s))
		if e != nil {
			continue
		}
		return &ScanError{
			Problem: ProblemKeyboard, Offset: 0,
			Detail: "the scan reads as typed on a US keyboard into a " + layout + " layout",
			Hint:   "set the reader to the computer's keyboard layout and scan again; meant is " + es.Bracketed(),
		}
	}
	return nil
}

func hasNonASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return true
		}
	}
	return false
}

// asUSKeyboard turns what a layout typed back into the keys that were pressed.
func asUSKeyboard(layout, s string) string {
	if layout == "German" {
		return strings.NewReplacer(
			"y", "z", "z", "y", "Y", "Z", "Z", "Y", "ß", "-", "?", "_", "-", "/", "_", "?",
			"Ö", ":", "ö", ";", "ä", "'", "Ä", `"`, "ü", "[", "+", "]", "´", "=", "`", "+",
			"/", "&", ")", "(", "=", ")", "(", "*", ";", "<", ":", ">",
		).Replace(s)
	}
	return strings.NewReplacer(
		"a", "q", "q", "a", "z", "w", "w", "z", "A", "Q", "Q", "A", "Z", "W", "W", "Z",
		"à", "0", "&", "1", "é", "2", `"`, "3", "'", "4", "(", "5", "-", "6", "è", "7", "_", "8", "ç", "9",
		"1", "!", "5", "%", "7", "&", "8", "*", "9", "(", "0", ")",
		"$", "]", "^", "[", ")", "-", "°", "_", "!", "/", "§", "?", ":", ".", "/", ">", ".", "<",
		",", "m", "?", "M", "m", ";", "M", ":", ";", ",", "ù", "'", "%", `"`,
	).Replace(s)
}

// writtenSeparators lists what readers and the software behind them put in the
// place of GS when they cannot pass it on.
func writtenSeparators() [15]string {
	return [...]string{
		"<GS>", "{GS}", "[GS]", "<FNC1>", "{FNC1}", "[FNC1]", "\u241D",
		`\x1d`, `\x1D`, `\u001d`, `\u001D`, "~029", "~d029", "^]", "%1D",
	}
}

// diagnoseWrittenSeparator reports a separator that was sent as visible text.
func diagnoseWrittenSeparator(s string) *ScanError {
	for _, text := range writtenSeparators() {
		at := strings.Index(s, text)
		if at < 0 {
			continue
		}
		gs := string(rune(groupSeparator))
		es, e := readScan(strings.ReplaceAll(s, text, gs))
		if e != nil {
			continue
		}
		return &ScanError{
			Problem: ProblemLostSeparator, Offset: at,
			Detail: "the group separator arrived as the text " + text,
			Hint:   "let the reader send GS (0x1D) as it is; meant is " + es.Bracketed(),
		}
	}
	return nil
}

// hintGTIN13 adds a hint to a wrong check digit that comes from a GTIN-13 put
// where 14 digits belong.
func hintGTIN13(s string, e *ScanError) *ScanError {
	const ai = "01"
	if e.AI != ai || e.Problem != ProblemCheckDigit || e.Offset < 13 || e.Offset > len(s) {
		return e
	}
	if digits := s[e.Offset-13 : e.Offset]; firstNonDigit(digits) < 0 && checkLast(digits) == nil {
		e.Hint = "the GTIN seems to have 13 digits here: a zero is missing before it"
	}
	return e
}

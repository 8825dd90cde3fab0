// Package gs1 reads, checks and writes GS1 identifiers: GTIN, SSCC, GLN and
// their serialized forms, dates, element strings as scanners transmit them,
// Digital Link URIs and EPC URIs.
//
// It is a pure leaf: no clock, no I/O, no state, so the state machine may call
// it on consensus data. Section numbers in comments are those of the GS1
// General Specifications (GS), the Tag Data Standard (TDS) and the GS1 Digital
// Link URI Syntax standard (DL).
//
// Keys are held in one canonical form only, GTIN-14 and SSCC-18 digits and the
// raw serial. The company prefix is not part of a key: its length cannot be
// derived from the digits, so the EPC form, which needs it, is a rendering.
package gs1

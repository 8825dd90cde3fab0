package main

import "github.com/spf13/cobra"

// commandGroups is THE list of commands, in the order of the help text.
func commandGroups() []commandGroup {
	return []commandGroup{
		{"try", "Try it:", []func(*environment) *cobra.Command{newDemo, newTestnet, newBench}},
		{"use", "Record events, ask and prove:", []func(*environment) *cobra.Command{newCapture, newVerify, newItem, newInbound, newTrace, newBundle, newExport, newMark, newInvestigation, newNotify, newRecall, newReport, newDelegate, newPartner, newRequest, newRespond, newException, newError, newClocks, newTx, newProof}},
		{"run", "Run a node:", []func(*environment) *cobra.Command{newInit, newGenesis, newKey, newToken, newStart, newGateway, newIndex, newFsck}},
		{"check", "Check everything:", []func(*environment) *cobra.Command{newAudit, newVersion}},
	}
}

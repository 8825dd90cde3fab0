package node

import (
	"strings"
	"time"

	cmtcfg "github.com/cometbft/cometbft/config"
)

// comet translates the settings into CometBFT's configuration. Everything it
// sets that has no field in Settings was measured on design page 03, under
// "Settings to ship"; the reasons stand beside the lines.
func (c Config) comet() *cmtcfg.Config {
	s := c.Settings
	cfg := cmtcfg.DefaultConfig()
	cfg.SetRoot(string(c.Home))
	cfg.Moniker = s.Moniker
	// CometBFT puts the root before every path that is not absolute, so a
	// path must not begin with a home that may be relative.
	in := Home("")
	cfg.DBPath = in.cometDir()
	cfg.PrivValidatorKey = in.ValidatorKeyFile()
	cfg.PrivValidatorState = in.validatorStateFile()
	cfg.NodeKey = in.NodeKeyFile()
	cfg.Genesis = in.GenesisFile()
	cfg.P2P.AddrBook = in.file("data", "addrbook.json")
	cfg.Consensus.WalPath = in.file("data", "comet", "cs.wal", "wal")

	// The ledger has an index of its own; validators keep no second copy of
	// every result.
	cfg.TxIndex.Indexer = "null"
	cfg.Storage.DiscardABCIResponses = !s.KeepResults
	// Equivocation risk: adaptive sync lets consensus start before the node
	// has caught up.
	cfg.BlockSync.AdaptiveSync = false
	cfg.FilterPeers = true                 // see guard.Query
	cfg.Instrumentation.Prometheus = false // ours serves CometBFT's metrics too
	c.cometP2P(cfg.P2P)
	c.cometRPC(cfg.RPC)
	c.cometMempool(cfg.Mempool)
	c.cometConsensus(cfg.Consensus)
	return cfg
}

func (c Config) cometP2P(p *cmtcfg.P2PConfig) {
	p.ListenAddress = c.Settings.P2P
	p.ExternalAddress = c.Settings.ExternalP2P
	p.PersistentPeers = strings.Join(c.Settings.Peers, ",")
	p.PexReactor = false        // a consortium: the peers are named
	p.AddrBookStrict = false    // members may meet on private addresses
	p.AllowDuplicateIP = true   // several members behind one gateway, or on one machine
	p.MaxNumInboundPeers = 200  // full nodes besides the members
	p.MaxNumOutboundPeers = 100 // the full mesh of members
	p.PersistentPeersMaxDialPeriod = 10 * time.Second
	p.SendRate, p.RecvRate = 200<<20, 200<<20 // 5 MB/s by default, which is what limits
	p.MaxPacketMsgPayloadSize = 64 << 10
	p.FlushThrottleTimeout = 2 * time.Millisecond
}

func (c Config) cometRPC(r *cmtcfg.RPCConfig) {
	r.ListenAddress = c.Settings.RPC
	if r.ListenAddress == off {
		r.ListenAddress = ""
	}
	r.MaxBodyBytes = int64(max(1_000_000, 2*c.Settings.MaxTxBytes+4096)) // base64 and JSON around a tx
	r.MaxSubscriptionClients = 1000
	r.TimeoutBroadcastTxCommit = time.Minute
}

func (c Config) cometMempool(m *cmtcfg.MempoolConfig) {
	m.Type = c.Settings.Mempool
	m.Size = c.Settings.MempoolTxs
	m.CacheSize = 2 * c.Settings.MempoolTxs
	m.MaxTxBytes = c.Settings.MaxTxBytes
	m.MaxTxsBytes = 64 << 20 // sixteen blocks; decoded they take a few times that
	// Not off, as on the design page: without it a tx that can no longer
	// stand in a block never leaves, and enough of them at the head fill
	// every proposal. The application answers from memory.
	m.Recheck = true
	m.Broadcast = true
}

func (c Config) cometConsensus(k *cmtcfg.ConsensusConfig) {
	s := c.Settings
	k.TimeoutPropose = time.Duration(s.ProposeTimeout)
	k.TimeoutCommit = time.Duration(s.CommitTimeout)
	k.PeerGossipSleepDuration = 10 * time.Millisecond
	// Not the 10 of the design page: with it a validator that signed one of
	// the last ten blocks panics when it starts, so that a restart after a
	// crash fails and a network of which all nodes stopped never starts
	// again. What the validator signed last stands in its state file, which
	// Init refuses to lose.
	k.DoubleSignCheckHeight = 0
	// The nop mempool never says that txs wait, so its blocks come at the
	// pace of TimeoutCommit.
	k.CreateEmptyBlocks = s.Mempool == "nop"
	if !k.CreateEmptyBlocks {
		k.CreateEmptyBlocksInterval = time.Duration(s.EmptyBlocksInterval)
	}
}

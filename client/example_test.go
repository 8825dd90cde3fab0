package client_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/cometbft/cometbft/types"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/client/proof"
	"github.com/pedigree-ledger/pedigree/epcis"
	"github.com/pedigree-ledger/pedigree/node"
	"github.com/pedigree-ledger/pedigree/testnet"
)

// trial is a network of one node in this process, for the examples: with a
// manufacturer that runs it, a wholesaler, and their keys.
type trial struct {
	URL               string
	Validators        *types.ValidatorSet // of the genesis file
	Maker, Wholesaler *client.Signer
	Stop              func()
}

func startTrial() *trial {
	dir, err := os.MkdirTemp("", "pedigree-example")
	check(err)
	t := &trial{}
	t.Maker, err = client.GenerateSigner(must1(gs1.ParseGLN("9521001000000")))
	check(err)
	t.Wholesaler, err = client.GenerateSigner(must1(gs1.ParseGLN("9521003000008")))
	check(err)
	n, err := testnet.New(testnet.Options{
		Dir: dir, ChainID: "example", Validators: 1, Genesis: t.genesis,
		Settings: func(_ int, s *node.Settings) {
			s.CommitTimeout, s.EmptyBlocksInterval = node.Duration(20*time.Millisecond), node.Duration(time.Second)
		},
		Prepare: func(_ int, c *node.Config) error { _, err := node.UseLedger(c); return err },
	})
	check(err)
	ctx := context.Background()
	check(n.Start(ctx))
	check(n.WaitHeight(ctx, 2))
	doc, err := n.Node(0).Home().Genesis()
	check(err)
	v := doc.Validators[0]
	t.URL, t.Validators = n.Node(0).RPC(), types.NewValidatorSet([]*types.Validator{types.NewValidator(v.PubKey, v.Power)})
	t.Stop = func() {
		check(n.Stop())
		check(os.RemoveAll(dir))
	}
	return t
}

func (t *trial) genesis(members []testnet.Member) (json.RawMessage, error) {
	partner := func(s *client.Signer, name string, roles app.Roles, prefix gs1.CompanyPrefix) app.GenesisPartner {
		return app.GenesisPartner{
			GLN: s.Partner, Keys: []app.PublicKey{s.Public()},
			PartnerInfo: app.PartnerInfo{Name: name, Roles: roles, Prefixes: []gs1.CompanyPrefix{prefix}, Credential: app.Credential{Until: 1 << 40}},
		}
	}
	params := app.DefaultParams()
	params.MaxEventAgeDays = 100_000 // takes documents of any age
	g := app.Genesis{Params: params, Partners: []app.GenesisPartner{
		partner(t.Maker, "Alder Pharmaceuticals", app.RoleManufacturer, "9521001"),
		partner(t.Wholesaler, "Cedar Drug Wholesale", app.RoleWholesaler, "9521003"),
	}}
	g.Partners[0].Consensus = members[0].Identity.Consensus
	return json.Marshal(g)
}

// connect is a client of the node that signs for both partners and believes
// what the genesis validators signed.
func (t *trial) connect(ctx context.Context) *client.Client {
	c := must1(client.Dial(ctx, t.URL))
	c.Use(t.Maker)
	c.Use(t.Wholesaler)
	c.UseLight(must1(client.NewLight(ctx, client.LightConfig{ChainID: c.ChainID(), Primary: c.RPC(), Validators: t.Validators})))
	return c
}

// A bottle is commissioned, and anybody can prove that it is genuine.
func Example() {
	ctx := context.Background()
	network := startTrial() // or your own: its URL, its genesis, your key file
	defer network.Stop()

	c, err := client.Dial(ctx, network.URL)
	check(err)
	c.Use(network.Maker) // client.LoadSigner reads it from a file

	// Believe no node: check what it says against what the validators signed.
	light, err := client.NewLight(ctx, client.LightConfig{
		ChainID: c.ChainID(), Primary: c.RPC(), Validators: network.Validators,
	})
	check(err)
	c.UseLight(light)

	gtin, err := gs1.ParseGTIN("09521001100014")
	check(err)
	maker := network.Maker.Partner
	for _, op := range []app.Op{
		&app.RegisterProduct{GTIN: gtin, ProductInfo: app.ProductInfo{Level: app.LevelUnit, Name: "Exemplar"}},
		&app.Commission{GTIN: gtin, Lot: "A1", Expiry: 20301231, Location: maker, Serials: []string{"S1", "S2", "S3"}},
	} {
		out, err := c.Submit(ctx, maker, op, 0, app.EventHash{}) // waits for the verdict
		check(err)
		check(out.Err()) // a refusal, with its code and what to do
		fmt.Println(op.Kind(), "accepted")
	}

	// A typed record, proved.
	lot, err := client.Query(ctx, c, app.DecodeLot, "/lot/{gtin}/{lot}", gtin.String(), "A1")
	check(err)
	fmt.Println("lot of", lot.Record.Commissioned, "until", lot.Record.Expiry)

	// Everything about one package, proved; the file proves it to others.
	pedigree, file, err := c.Pedigree(ctx, proof.Claim{Key: gs1.ItemKey(gtin, "S2")}, proof.Options{MaxAge: time.Hour})
	check(err)
	fmt.Println("genuine:", pedigree.Identity.Yes, "sellable:", pedigree.Sellable.Yes, "in a file:", len(file.Encode()) > 0)
	// Output:
	// RegisterProduct accepted
	// Commission accepted
	// lot of 3 until 2030-12-31
	// genuine: true sellable: true in a file: true
}

// A submission with a key of its own goes in once, however often it is made.
func ExampleClient_Do() {
	ctx := context.Background()
	network := startTrial()
	defer network.Stop()
	c := network.connect(ctx)
	dir, err := os.MkdirTemp("", "outbox")
	check(err)
	defer func() { check(os.RemoveAll(dir)) }()
	outbox, err := client.OpenDirOutbox(filepath.Join(dir, "outbox"))
	check(err)
	c.UseOutbox(outbox) // survives a crash of this program

	wholesaler := network.Wholesaler.Partner
	order := client.Submission{
		Key: "work order 7", Partner: wholesaler,
		Op: &app.CommissionContainer{Location: wholesaler, Containers: []app.ContainerUse{{Key: gs1.LogisticKey(must1(gs1.ParseSSCC("095210030000000770")))}}},
	}
	first, err := c.Do(ctx, order)
	check(err)
	again, err := c.Do(ctx, order)
	check(err)
	fmt.Println(first.OK(), first.Tx == again.Tx)
	// Output: true true
}

// Blocks are followed from a height on, each comes once, checked.
func ExampleClient_Follow() {
	ctx := context.Background()
	network := startTrial()
	defer network.Stop()
	c := network.connect(ctx)
	gtin := must1(gs1.ParseGTIN("09521001100014"))
	_, err := c.Submit(ctx, network.Maker.Partner, &app.RegisterProduct{GTIN: gtin, ProductInfo: app.ProductInfo{Level: app.LevelUnit, Name: "Exemplar"}}, 0, app.EventHash{})
	check(err)

	next := uint64(1) // kept by the program, to take up there
	for block, err := range c.Follow(ctx, next) {
		if err != nil {
			fmt.Println(err) // the loop tries again
			continue
		}
		next = block.Height + 1
		_ = next
		for _, tx := range block.Txs {
			op, ok := tx.Tx.Op.(*app.RegisterProduct)
			fmt.Println(tx.Kind, "by", tx.Partner, tx.Code, ok && op.GTIN == gtin, block.Proven)
		}
		if len(block.Txs) > 0 {
			break
		}
	}
	// Output: RegisterProduct by 9521001000000 ok true true
}

// An EPCIS document becomes transactions, and the ledger tells it again.
func ExampleCapture() {
	ctx := context.Background()
	network := startTrial()
	defer network.Stop()
	c := network.connect(ctx)
	doc, err := epcis.DecodeBytes(must1(os.ReadFile(filepath.Join("..", "cmd", "pedigree", "story", "1-manufacturer-commissions-and-packs.xml"))), epcis.Options{})
	check(err)
	doc.Events = doc.Events[:1]
	done, err := client.Capture(ctx, c, doc, nil)
	check(err)
	for _, e := range done {
		fmt.Println(e.What, e.OK())
	}
	last := done[0].Ops[len(done[0].Ops)-1]
	sum, err := c.Tx(ctx, last.Tx)
	check(err)
	told, err := client.NewTeller(c).Tell(ctx, sum.EventHash)
	check(err)
	fmt.Println("told again word for word:", told.Exact)
	// Output:
	// commissioning: 48 serials of lot ALD-2601A true
	// told again word for word: true
}

// Packages are sold from wherever they stand: the plan finds and opens them.
func ExamplePlan_Ship() {
	ctx := context.Background()
	network := startTrial()
	defer network.Stop()
	c := network.connect(ctx)
	maker, wholesaler, gtin := network.Maker.Partner, network.Wholesaler.Partner, must1(gs1.ParseGTIN("09521001100014"))
	submit := func(by gs1.GLN, op app.Op) *client.Outcome {
		out, err := c.Submit(ctx, by, op, 0, app.EventHash{})
		check(err)
		check(out.Err())
		return out
	}
	submit(maker, &app.RegisterProduct{GTIN: gtin, ProductInfo: app.ProductInfo{Level: app.LevelUnit, Name: "Exemplar"}})
	submit(maker, &app.Commission{GTIN: gtin, Lot: "A1", Expiry: 20301231, Location: maker, Serials: []string{"S1", "S2", "S3"}})

	ship, err := c.Plan(maker).Ship(ctx, app.Terms{
		To: wholesaler, ShipTo: wholesaler, Purpose: app.PurposeSale, Statement: true, TransactionDate: gs1.FromUnix(uint64(time.Now().Unix())),
	}, gs1.ItemKey(gtin, "S1"), gs1.ItemKey(gtin, "S3"))
	check(err)
	number, _ := app.ShipmentNumber(submit(maker, ship).Data)

	receive, err := c.Plan(wholesaler).Receive(ctx, number, wholesaler)
	check(err)
	submit(wholesaler, receive)
	shipment, err := client.Query(ctx, c, app.DecodeShipment, "/shipment/{number}", fmt.Sprint(number))
	check(err)
	fmt.Println("shipped", shipment.Record.Shipped, "received", shipment.Record.Received)
	// Output: shipped 2 received 2
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func must1[T any](v T, err error) T {
	check(err)
	return v
}

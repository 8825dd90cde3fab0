package epcis

import "testing"

// TestAroundEvents carries everything that may stand outside the events through
// every form, and from each into each other.
func TestAroundEvents(t *testing.T) {
	const in = `<?xml version="1.0"?>
<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:1" xmlns:x="https://x.example/" xmlns:gs1ushc="http://epcis.gs1us.org/hc/ns"
  xmlns:sbdh="http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader" schemaVersion="1.2" creationDate="2026-01-01T00:00:00Z" x:batch="7" id="D1">
<EPCISHeader>
 <sbdh:StandardBusinessDocumentHeader>
  <sbdh:HeaderVersion>1.1</sbdh:HeaderVersion>
  <sbdh:Sender><sbdh:Identifier Authority="SGLN">urn:epc:id:sgln:0358160.00001.0</sbdh:Identifier>
   <sbdh:ContactInformation><sbdh:Contact>Ann</sbdh:Contact><sbdh:EmailAddress>ann@works.example</sbdh:EmailAddress></sbdh:ContactInformation></sbdh:Sender>
  <sbdh:Receiver><sbdh:Identifier Authority="GLN">0399990000011</sbdh:Identifier></sbdh:Receiver>
  <sbdh:Receiver><sbdh:Identifier>urn:epc:id:sgln:0399991.00001.0</sbdh:Identifier></sbdh:Receiver>
  <sbdh:DocumentIdentification><sbdh:Standard>EPCglobal</sbdh:Standard><sbdh:TypeVersion>1.2</sbdh:TypeVersion><sbdh:InstanceIdentifier>I-9</sbdh:InstanceIdentifier>
   <sbdh:Type>Events</sbdh:Type><sbdh:MultipleType>false</sbdh:MultipleType><sbdh:CreationDateAndTime>2026-01-01T00:00:00</sbdh:CreationDateAndTime></sbdh:DocumentIdentification>
  <sbdh:BusinessScope><sbdh:Scope><sbdh:Type>BusinessProcess</sbdh:Type><sbdh:Identifier>S-1</sbdh:Identifier></sbdh:Scope></sbdh:BusinessScope>
 </sbdh:StandardBusinessDocumentHeader>
 <extension><EPCISMasterData><VocabularyList><Vocabulary type="urn:epcglobal:epcis:vtype:EPCClass"><VocabularyElementList>
  <VocabularyElement id="urn:epc:idpat:sgtin:0358160.001010.*"><attribute id="urn:epcglobal:cbv:mda#regulatedProductName">Pill</attribute>
   <attribute id="urn:acme:size"><x:box unit="mm">10<x:w>2</x:w></x:box></attribute><children><id>urn:epc:id:sgtin:0358160.001010.1</id></children><x:seen>yes</x:seen></VocabularyElement>
 </VocabularyElementList></Vocabulary></VocabularyList></EPCISMasterData></extension>
 <gs1ushc:guidelineVersion>GS1 US DSCSA R1.3</gs1ushc:guidelineVersion>
 <gs1ushc:dscsaTransactionStatement><gs1ushc:affirmTransactionStatement>true</gs1ushc:affirmTransactionStatement><gs1ushc:legalNotice>Seller has complied.</gs1ushc:legalNotice><gs1ushc:signedBy>Ann</gs1ushc:signedBy></gs1ushc:dscsaTransactionStatement>
 <x:route>north</x:route>
</EPCISHeader>
<EPCISBody><EventList><ObjectEvent>` + xmlWhen + `<epcList/><action>ADD</action></ObjectEvent></EventList><extension><plant>P1</plant></extension><x:shift>2</x:shift></EPCISBody>
<extension><line>L4</line></extension><x:note lang="en">late</x:note></epcis:EPCISDocument>`
	doc, err := DecodeBytes([]byte(in), Options{})
	if err != nil {
		t.Fatal(err)
	}
	said := aroundEvents(doc)
	for _, key := range []string{"header parts", "sender 0 contacts", "receiver 1", "multiple type", "statement", "extensions", "affirmed"} {
		if said[key] == "" {
			t.Errorf("%s was not read", key)
		}
	}
	for _, first := range allForms() {
		there := again(t, doc, first)
		checkRoundTrip(t, "by way of "+first.name, there)
		for _, second := range allForms() {
			checkSameDocument(t, first.name+", then "+second.name, doc, again(t, there, second))
		}
	}
}

func again(t *testing.T, doc *Document, form encoder) *Document {
	t.Helper()
	out, err := form.encode(doc)
	if err != nil {
		t.Fatal(err)
	}
	got, err := DecodeBytes(out, Options{})
	if err != nil {
		t.Fatalf("%s: %v\n%s", form.name, err, out)
	}
	return got
}

package xauslaender

// Building blocks of the descriptions: q for elements of XAusländer, u for those declared elsewhere.

type forms []*element

func one(e *element) *element  { e.min, e.max = 1, 1; return e }
func opt(e *element) *element  { e.min, e.max = 0, 1; return e }
func any(e *element) *element  { e.min, e.max = 0, 0; return e }
func some(e *element) *element { e.min, e.max = 1, 0; return e }

func q(name string, kids ...*element) *element { return &element{name: name, kids: kids} }
func u(name string, kids ...*element) *element {
	return &element{name: name, kids: kids, foreign: true}
}
func qt(name string, k kind) *element      { return &element{name: name, text: k} }
func ut(name string, k kind) *element      { return &element{name: name, text: k, foreign: true} }
func qc(name string, l *codeList) *element { return &element{name: name, list: l} }
func uc(name string, l *codeList) *element { return &element{name: name, list: l, foreign: true} }
func either(e *element) *element           { e.choice = true; return e }

const typeList = "urn:de:xauslaender:codelist:nachrichtentyp"

// Code lists of 26.11 as far as these messages use them.
var (
	verzeichnis   = &codeList{uri: "urn:xoev-de:kosit:codeliste:verzeichnisdienst", version: "3", open: true, noName: true}
	kanal         = &codeList{uri: "urn:de:xoev:codeliste:erreichbarkeit", version: "3", open: true, noName: true}
	format        = &codeList{uri: "urn:de:xauslaender:codelist:dokumentformat", version: "2", codes: []string{"1", "2"}}
	familienstand = &codeList{uri: "urn:de:xauslaender:codelist:familienstand", version: "2", codes: []string{"LD", "VH", "VW", "GS", "EA", "LP", "LV", "LA", "LE", "NB"}}
	vertretung    = &codeList{uri: "urn:de:xauslaender:codelist:vertretungsart", version: "3", codes: []string{"1", "2", "2a", "3", "4", "5", "6", "7"}}
	geschlecht    = &codeList{uri: "urn:xoev-de:xinneres:codeliste:geschlecht", version: "1", open: true}
	augenfarbe    = &codeList{uri: "urn:de:xauslaender:codelist:azr:artderaugenfarbe", version: "1", open: true}
	nationality   = &codeList{uri: "urn:de:bund:destatis:bevoelkerungsstatistik:schluessel:staatsangehoerigkeit", version: "2024-08-01", open: true}
	staatsgebiet  = &codeList{uri: "urn:de:bund:destatis:bevoelkerungsstatistik:schluessel:staatsgebiete", open: true}
	antragsgrund  = &codeList{uri: "urn:xoev-de:xauslaender:codeliste:ozg.antragsgrund", version: "4", open: true}
	aufenthalt    = &codeList{uri: "urn:xoev-de:xauslaender:codeliste:ozg.aufenthaltsgrund", version: "2", codes: []string{"01", "02", "03", "04", "05"}}
	meldungsgrund = &codeList{uri: "urn:xoev-de:xauslaender:codeliste:ozg.meldungsgrund", version: "1", codes: []string{"01", "02", "03"}}
	beziehung     = &codeList{uri: "urn:xoev-de:xauslaender:codeliste:ozg.familiaerebeziehungreferenzperson", version: "1", codes: []string{"01", "02", "03", "04"}}
	statusList    = &codeList{uri: "urn:xoev-de:xauslaender:codeliste:ozg.status", version: "4", codes: []string{"01", "02", "03", "05", "06", "07"}}
	fehler        = &codeList{uri: "urn:de:xauslaender:codelist:fehlercodes:synchron", version: "2", noName: true,
		codes: []string{"S001", "S010", "S011", "S020", "S100", "S999", "T000", "T010", "T020", "T070", "T080", "T099", "T200", "V000", "X000", "X001"}}
	spezifisch = &codeList{anyURI: true}
)

func name(n string) *element {
	return either(q(n, one(ut("name", textC)), one(ut("nichtVorhanden", onlyTrue))))
}

func partial(n string) *element { return either(q(n, dates()...)) }

func dates() forms {
	return forms{one(ut("jahrMonatTag", day)), one(ut("jahrMonat", month)), one(ut("jahr", year))}
}

// state nests two elements of the same name; the inner one holds the code.
func state(n string) *element {
	return q(n, one(qc("staatsangehoerigkeit", nationality)), opt(qc("staatsgebiet", staatsgebiet)))
}

func birth(n string) *element {
	return q(n, one(either(q("geburtsort", one(qt("ort", textC)), one(qt("unbekannt", onlyTrue))))), opt(state("geburtsortStaat")),
		one(either(q("tagDerGeburt", one(either(u("teilbekanntesDatum", dates()...))), one(ut("unbekannt", onlyTrue))))), opt(qt("geburtsortbezirk", textC)))
}

func basis() forms {
	return forms{opt(ut("hausnummer", houseNumber)), opt(ut("hausnummerBuchstabeZusatzziffer", houseLetter)), one(ut("postleitzahl", postcode)),
		opt(ut("stockwerkswohnungsnummer", floor)), one(ut("strasse", textC)), opt(ut("teilnummerDerHausnummer", textC)), one(ut("wohnort", textC)),
		opt(ut("wohnortFruehererGemeindename", textC)), opt(ut("wohnungsinhaber", textC)), opt(ut("zusatzangaben", textC))}
}

func building() forms {
	return append(basis(), opt(u("hausnummern.bis", opt(ut("hausnummer.bis", houseNumber)),
		opt(ut("hausnummerbuchstabezusatzziffer.bis", houseLetter)), opt(ut("teilnummerderhausnummer.bis", textC)))))
}

func box() forms {
	return forms{opt(ut("postfach", textC)), one(ut("wohnort", textC)), one(ut("postleitzahl", postcode))}
}

func inland(n string) *element {
	return either(u(n, one(u("gebaeude", building()...)), one(u("postfach", box()...))))
}

func contact() forms {
	return forms{one(uc("kanal", kanal)), one(ut("kennung", textC)), opt(ut("zusatz", textC))}
}

func document(n string) *element {
	return q(n, one(qt("dokument", base64Text)), one(qc("dokumententyp", format)))
}

func documentOrReference(n string, labelled bool) *element {
	e := q(n, one(either(q("dokumentOderReferenz", one(qt("dokument", base64Text)), one(qt("dokumentuuid", uuidText))))),
		one(qc("dokumententyp", format)), opt(qt("dateiname", textC)))
	if labelled {
		e.kids = append(e.kids, one(qt("bezeichnung", textC)))
	}
	return e
}

func person(n string) *element {
	trust := q("vertrauensniveau", one(qt("vorname", boolean)), one(qt("familienname", boolean)),
		opt(q("geburt", one(qt("geburtsort", boolean)), opt(qt("geburtsortStaat", boolean)), one(qt("tagDerGeburt", boolean)))),
		&element{name: "staatsangehoerigkeit", max: 4, text: boolean}, opt(qt("anschrift", boolean)), any(qt("kommunikation", boolean)))
	nationalities := state("staatsangehoerigkeit")
	nationalities.min, nationalities.max = 1, 4
	return q(n, one(name("vorname")), one(name("familienname")), any(qt("weitererName", textC)), one(q("geschlecht", opt(qc("geschlecht", geschlecht)))),
		one(birth("geburt")), opt(q("personenbeschreibung", opt(qt("koerpergroesse", height)), opt(qc("augenfarbe", augenfarbe)))),
		one(q("familienstand", one(qc("familienstand", familienstand)), opt(qt("getrenntLebend", onlyTrue)))),
		opt(partial("familienstandOderGetrenntlebendSeit")), nationalities, opt(q("anschrift", basis()...)), any(q("kommunikation", contact()...)),
		opt(either(q("aufenthaltsdokument", some(document("aufenthaltsdokument")), one(qt("visumsfreieEinreise", textC)), one(qt("deutschesAufenthaltsdokumentVorhanden", onlyTrue))))),
		opt(q("ausweisdokument", some(document("ausweisseite")), one(q("gueltigkeitszeitraum", one(qt("von", day)), one(qt("bis", day)))), one(qt("seriennummer", textC)))),
		opt(trust))
}

func representative(n string) *element {
	return q(n, one(qc("vertretungsart", vertretung)), one(name("vorname")), one(name("familienname")), opt(q("anschrift", building()...)),
		opt(q("postfach", box()...)), any(q("kommunikation", contact()...)), any(document("anlageVertreter")),
		one(q("geschlecht", opt(qc("geschlecht", geschlecht)))), opt(qt("tagDerGeburt", day)), opt(qt("firma", textC)),
		opt(q("vertrauensniveau", one(qt("vorname", boolean)), one(qt("familienname", boolean)), opt(qt("anschrift", boolean)), any(qt("kommunikation", boolean)),
			opt(qt("tagDerGeburt", boolean)), opt(qt("firma", boolean)))))
}

func reference(n string) *element {
	nationalities := state("staatsangehoerigkeit")
	nationalities.min, nationalities.max = 1, 4
	return q(n, one(name("vorname")), one(name("familienname")), one(birth("geburt")), nationalities, one(qc("familiaereBeziehung", beziehung)), opt(q("anschrift", building()...)))
}

func head(p Profile) forms {
	party := func(n string, reach func(*element) *element) *element {
		return u(n, one(uc("verzeichnisdienst", verzeichnis)), one(ut("kennung", textC)), one(ut("name", textC)), reach(u("erreichbarkeit", contact()...)))
	}
	return forms{one(u("nachrichtenkopf.g2g",
		one(identification("identifikation.nachricht", p)), one(party("leser", any)), one(party("autor", some)))),
		opt(inland("anschrift.leser")), one(inland("anschrift.autor"))}
}

func identification(n string, p Profile) *element {
	types := &codeList{uri: typeList, version: p.TypeList}
	return u(n, one(ut("nachrichtenUUID", uuidText)), one(uc("nachrichtentyp", types)), one(ut("erstellungszeitpunkt", stamp)))
}

// packets announces documents that come in messages of their own.
func packets() *element {
	return opt(q("angabenDokumentenlieferung", one(qt("anzahlDerPakete", token)), one(qt("archivgroesse", token))))
}

// messages describes each message of a profile, in schema order.
func messages(p Profile) map[string]*element {
	out := map[string]*element{}
	add := func(n string, body ...*element) { out[n] = q(n, append(head(p), body...)...) }
	number, back, trigger := one(qt("antragsidentifikation", textC)), one(qt("rueckkanalVorhanden", boolean)), one(qt("ausloeserUUID", uuidText))
	add("OZG.Antrag.130101", number, back, one(qt("antragsdatum", day)), one(qc("grundDesAntrags", antragsgrund)), opt(qt("ersteinreisedatum", day)),
		opt(qt("grundAenderungNebenbestimmung", textC)), one(qc("grundDesAufenthalts", aufenthalt)), one(person("angabenZurPerson")),
		opt(representative("antragstellerVertreter")), any(reference("referenzperson")), opt(documentOrReference("antragszusammenfassung", false)),
		any(documentOrReference("nachweis", true)), opt(qt("sonstigeAnmerkung", textC)), any(qt("verbundenerAntrag", textC)), packets())
	add("OZG.Freizuegigkeit.130301", number, back, one(qt("antragsdatum", day)), one(qc("grundDesAntrags", antragsgrund)), one(qc("grundDerMeldung", meldungsgrund)),
		one(person("angabenZurPerson")), opt(representative("antragstellerVertreter")), any(reference("referenzperson")),
		any(q("auslandsaufenthalt", one(partial("von")), one(partial("bis")), one(qt("grund", textC)))), one(qt("einreisedatum", day)), opt(qt("verurteilung", onlyTrue)),
		opt(documentOrReference("antragszusammenfassung", false)), any(documentOrReference("nachweis", true)), opt(qt("sonstigeAnmerkung", textC)),
		any(qt("verbundenerAntrag", textC)), packets())
	add("OZG.RueckkanalFrage.130102", number, trigger, one(qt("frage", textC)), opt(qt("fristdatum", day)), opt(document("anlage")))
	add("OZG.RueckkanalAntwort.130103", number, back, trigger, any(documentOrReference("unterlage", false)), opt(qt("antworttext", textC)), packets())
	add("OZG.Statusmeldung.130104", number, trigger, one(qc("status", statusList)), opt(document("anhang")))
	add("Administration.RueckweisungSynchron.000002", one(q("rueckweisung",
		opt(q("rueckweisendeStelle", one(ut("pruefinstanz", textC)), one(inland("anschrift")), some(u("erreichbarkeit", contact()...)))),
		some(q("rueckweisungsgrund", one(qc("grund", fehler)), any(q("grundSpezifisch", opt(uc("fehlercode", spezifisch)), opt(ut("fehlerbeschreibung", textC)))))),
		opt(q("transportinformationen", opt(ut("nachrichtenId", textC)), opt(ut("betreff", textC)), opt(ut("sendezeitpunkt", stamp)), opt(ut("ergaenzendeHinweise", textC)))),
		opt(qualified(identification("idNachricht", p))))))
	return out
}

// qualified turns an element itself, not its children, into one of XAusländer.
func qualified(e *element) *element { e.foreign = false; return e }

package cli

import (
	"encoding/json"
	"fmt"
	"os"

	"aufenthalt/internal/jose"
)

type receiptCommand struct {
	Verify receiptVerify `cmd:"" help:"Check the signature of a receipt and print what it says."`
}

type receiptVerify struct {
	File string `arg:"" help:"The receipt, as the platform gave it (flattened JWS)."`
	Keys string `required:"" help:"The platform's receipt-keys.json."`
}

// Run prints the signed content; a wrong signature is an error.
func (c *receiptVerify) Run(e *env) error {
	var s jose.Signed
	if err := readJSON(c.File, &s); err != nil {
		return err
	}
	var set struct {
		Keys []jose.OKP `json:"keys"`
	}
	if err := readJSON(c.Keys, &set); err != nil {
		return err
	}
	payload, err := jose.VerifyEd25519(s, jose.ReceiptType, set.Keys)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, "%s\n", payload)
	return nil
}

func readJSON(path string, into any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("%s: is not the JSON expected", path)
	}
	return nil
}

package cli

import (
	"fmt"
	"time"

	"aufenthalt/internal/jose"
)

type keysCommand struct {
	Make keysMake `cmd:"" help:"Make an RSA-4096 key with a self-signed certificate."`
}

type keysMake struct {
	Use  string `enum:"encryption,signature" required:"" help:"encryption or signature."`
	Name string `required:"" help:"Common name of the certificate, e.g. the authority."`
	Out  string `required:"" help:"File of the private key; the public half goes to OUT.pub."`
	Days int    `default:"730" help:"Validity of the certificate."`
}

// Run makes the key.
func (c *keysMake) Run(e *env) error {
	if c.Days < 1 || c.Days > 3650 {
		return fmt.Errorf("--days: 1 to 3650")
	}
	now := time.Now()
	k, err := jose.Generate(jose.Use(c.Use), c.Name, now.Add(-time.Hour), now.AddDate(0, 0, c.Days))
	if err != nil {
		return err
	}
	if err := k.Save(c.Out); err != nil {
		return err
	}
	if err := k.Public().SavePublic(c.Out + ".pub"); err != nil {
		return err
	}
	fmt.Fprintf(e.out, "%s\n", k.Kid)
	return nil
}

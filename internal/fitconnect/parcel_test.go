package fitconnect

import (
	"bytes"
	"reflect"
	"testing"
)

func TestParcelKeeps(t *testing.T) {
	for _, p := range []Parcel{{Attachments: map[string]string{}}, {Metadata: "a.b", Data: "c", Attachments: map[string]string{"2": "dd", "1": "e.f"}}} {
		raw, err := p.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		var back Parcel
		if err := back.UnmarshalBinary(raw); err != nil || !reflect.DeepEqual(back, p) {
			t.Errorf("%+v became %+v, %v", p, back, err)
		}
		for cut := range raw {
			if err := new(Parcel).UnmarshalBinary(raw[:cut]); err == nil {
				t.Errorf("%d of %d bytes pass", cut, len(raw))
			}
		}
		if err := new(Parcel).UnmarshalBinary(append(bytes.Clone(raw), 'x')); err == nil {
			t.Error("a byte too many passes")
		}
	}
}

func FuzzParcel(f *testing.F) {
	f.Add([]byte("{\"format\":1,\"metadata\":1,\"data\":1,\"attachments\":[{\"id\":\"1\",\"length\":1}]}\nabc"))
	f.Add([]byte("{\"format\":1,\"metadata\":-1,\"data\":1}\nabc"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var p Parcel
		if p.UnmarshalBinary(raw) != nil {
			return
		}
		again, err := p.MarshalBinary()
		var q Parcel
		if err != nil || q.UnmarshalBinary(again) != nil || !reflect.DeepEqual(p, q) {
			t.Errorf("%q does not come back", raw)
		}
	})
}

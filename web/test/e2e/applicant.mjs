// The made-up applicant of internal/sample, as she types: an extension of an EU Blue Card.

const day = (d, m, y) => ({ d, m, y });

export const answers = {
  reason: "extension", work_kind: "qualified", purpose: "blue_card",
  family_name: "Nguyễn-Ștefănescu", given_names: "Thị Mai Łucja", birth_date: day("14", "8", "1992"), gender: "w",
  nationalities: [{ text: "Vietnam", code: "VNM" }, { text: "Ukraine", code: "UKR" }],
  birth_place: "Đà Nẵng", birth_country: { text: "Vietnam", code: "VNM" }, birth_name: "Nguyễn", doctor_title: "Dr.",
  marital_status: "VH", living_apart: false, marital_since: { ...day("", "5", "2019"), part: true },
  has_passport: true, passport_kind: "national", passport_number: "C01X00T47", passport_state: { text: "Vietnam", code: "VNM" },
  passport_issued: day("1", "3", "2022"), passport_until: day("28", "2", "2032"),
  no_fixed_address: false, street: "Lindenallee", house_number: "12a", address_extra: "Hinterhaus", postcode: "19999", city: "Musterstadt", moved_in: day("1", "4", "2023"),
  email: "mai@example.org", phone: "+49 171 3920012", correspondence_language: "en", interpreter_needed: false, represented: false,
  current_status: "blue_card", title_until: day("28", "2", "2027"), blue_card_since: day("1", "10", "2022"), first_entry: day("1", "10", "2022"), long_absence: false,
  asylum_applied: false, eu_protection: false, entry_ban: false,
  employer_name: "Muster Software GmbH", employer_street: "Industrieweg 5", employer_postcode: "19999", employer_city: "Musterstadt", employer_number: "12345671",
  job_title: "Softwareentwicklerin", job_tasks: "Entwicklung und Betrieb von Fachanwendungen.", workplace: "Musterstadt", job_start: day("1", "10", "2022"), contract_open_ended: true,
  salary_month: "4.650,00", weekly_hours: "40", job_level: "degree", social_insurance: true, agency_work: false,
  degree_kind: "german", degree_name: "M.Sc. Informatik", degree_date: day("15", "7", "2022"), voc_kind: "none",
  occupation_group: "i25", it_experience: false, licence_required: false,
  means: ["salary"], benefits: ["none"], household_persons: "2", rent_month: "980,50", health_insurance: "statutory",
  convicted: false, pending_case: false, expelled: false,
  height_cm: "163", eye_colour: "06", photo_source: "provider", express_card: false, postal_delivery: false,
  remarks: "Ich reise im Januar dienstlich; bitte keinen Termin vom 11. bis 15. Januar.",
  dec_truth: true, dec_coop: true, dec_end: true, dec_blue: true, dec_empl: true, dec_priv: true,
};

/** An application with the fewest answers, for runs that need a case and no more. */
export const short = Object.fromEntries(
  ["reason", "work_kind", "purpose", "family_name", "given_names", "birth_date", "gender", "has_passport", "no_fixed_address", "street", "postcode", "city",
    "represented", "current_status", "salary_month"].map((id) => [id, answers[id]]),
);
short.nationalities = [answers.nationalities[0]];

/** What must never stand in an address or a title. */
export const personal = [answers.family_name, answers.given_names, "Łucja", "14.08.1992", "1992-08-14", answers.passport_number, answers.street, answers.email, "3920012", answers.job_title];

/** A PDF of one page with a line of text. */
export function pdf(line) {
  const content = `BT /F1 14 Tf 60 760 Td (${line}) Tj ET`;
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
  ];
  let out = "%PDF-1.4\n";
  const offsets = objects.map((object, i) => {
    const at = out.length;
    out += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const start = out.length;
  out += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.map((o) => `${String(o).padStart(10, "0")} 00000 n \n`).join("")}`;
  return Buffer.from(`${out}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`, "latin1");
}

/** A picture that could be a card, made by the browser. */
async function photo(page) {
  const data = await page.evaluate(() => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 1012, height: 638 });
    const c = canvas.getContext("2d");
    c.fillStyle = "#d7e4f0";
    c.fillRect(0, 0, 1012, 638);
    c.fillStyle = "#33415c";
    c.font = "48px sans-serif";
    c.fillText("SPECIMEN", 60, 110);
    c.fillRect(60, 180, 240, 320);
    return canvas.toDataURL("image/jpeg", 0.85).split(",")[1];
  });
  return Buffer.from(data, "base64");
}

/** The three documents of the application: evidence and file. */
export const documents = async (page) => [
  ["PASS", { name: "Reisepass Scan.pdf", mimeType: "application/pdf", buffer: pdf("SPECIMEN PASSPORT") }],
  ["TITLE", { name: "Aufenthaltstitel.jpg", mimeType: "image/jpeg", buffer: await photo(page) }],
  ["CONTR", { name: "Arbeitsvertrag (unterschrieben).pdf", mimeType: "application/pdf", buffer: pdf("SPECIMEN CONTRACT") }],
];

/** The document of the answer. */
export const insurance = { name: "Krankenversicherung.pdf", mimeType: "application/pdf", buffer: pdf("SPECIMEN INSURANCE") };

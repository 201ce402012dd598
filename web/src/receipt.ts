// The receipt: number, access code and QR code, what follows, and what the receipt means. The code is shown once.
import { html, nothing, svg, type TemplateResult } from "lit";
import { basic, download, origin } from "./api";
import { grouped, type SignedReceipt } from "./draft";
import type { Form } from "./form";
import { icon } from "./icons";
import type { Texts } from "./text";

export interface Receipt {
  case_number: string;
  received_at: string;
  authority: { ags: string; name: string };
  service: string;
  status_url: string;
  qr?: string[];
  missing: string[] | null;
  receipt: SignedReceipt;
}

/** A QR code out of rows of 0 and 1: always black on white. */
export function qr(rows: readonly string[], name: string): TemplateResult {
  const path = rows.flatMap((row, y) => [...row.matchAll(/1+/g)].map((run) => `M${run.index} ${y}h${run[0].length}v1h-${run[0].length}z`)).join("");
  return html`<span class="qrbox" role="img" aria-label=${name}>${svg`<svg viewBox="0 0 ${rows[0]?.length ?? 1} ${rows.length}" shape-rendering="crispEdges" aria-hidden="true"><path fill="#000" d=${path}/></svg>`}</span>`;
}

/** The access code in two rows of three groups. */
export function codeView(code: string): TemplateResult {
  const groups = grouped(code);
  const part = (list: string[]) => html`<span>${list.map((g) => html`<i>${g}</i>`)}</span>`;
  return html`${part(groups.slice(0, 3))} ${part(groups.slice(3))}`;
}

export interface Step {
  state: "past" | "now" | "future";
  title: string;
  text?: string;
  time?: string;
}

export function timeline(texts: Texts, steps: Step[]): TemplateResult {
  return html`<ol class="tl">${steps.map((s) => html`<li class=${s.state}><span class="dot">${s.state === "past" ? icon("check") : nothing}</span>
    <b>${s.title}${s.state === "now" ? html`<span class="vh"> (${texts.get("ui.timeline.now")})</span>` : nothing}</b>
    ${s.time ? html`<time datetime=${s.time}>${texts.moment(s.time)}</time>` : nothing}${s.text ? html`<span class="d">${s.text}</span>` : nothing}</li>`)}</ol>`;
}

/** The receipt page of one form. It asks once before leaving while number and code are kept nowhere. */
export class ReceiptPage {
  private copied = false;
  private failed = false;

  constructor(
    private readonly form: Form,
    private readonly receipt: Receipt,
    private readonly code: string,
  ) {
    addEventListener("beforeunload", warn);
  }

  close(): void {
    removeEventListener("beforeunload", warn);
  }

  private readonly copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(`${this.receipt.case_number}\n${grouped(this.code).join(" ")}`);
      this.copied = true;
      this.close();
    } catch {
      this.copied = false; // the browser refuses: number and code can be marked and copied by hand
    }
    this.form.requestUpdate();
  };

  private readonly pdf = async (): Promise<void> => {
    const { language } = this.form.texts;
    const number = this.receipt.case_number;
    try {
      const call = { method: "POST", language, headers: basic(number, this.code), body: JSON.stringify({ language }) };
      await download("/api/v1/cases/receipt.pdf", call, this.form.texts.get("ui.receipt.file", { number }));
      this.failed = false;
      this.close();
    } catch {
      this.failed = true;
    }
    this.form.requestUpdate();
  };

  render(): TemplateResult {
    const { form, receipt: r } = this;
    const { texts } = form;
    const lacking = r.missing ?? [];
    return html`<div class="at-in">
    <div class="done-head">${icon("done")}<div><div data-heading>${form.heading(form.step, texts.get("ui.receipt.title"), "", nothing, true)}</div>
      <p class="lead">${texts.get("ui.receipt.when", { day: texts.longDay(r.received_at), time: texts.clock(r.received_at), authority: r.authority.name })}</p></div></div>
    ${this.ticket()}
    <div class="acts"><button class="btn" type="button" @click=${this.pdf}>${icon("save")}${texts.get("ui.receipt.pdf")}</button>
      <a class="btn btn-2" href=${this.statusLink()} target="_blank" rel="noopener noreferrer">${texts.get("ui.receipt.open")}<span class="vh"> ${texts.get("ui.new_window")}</span></a></div>
    <div role="alert">${this.failed ? html`<p class="errmsg space">${icon("alert")}<span>${texts.get("ui.receipt.pdf_failed")}</span></p>` : nothing}</div>
    <div class="after">${form.heading(form.level, texts.get("ui.receipt.next"), "h2")}</div>
    ${timeline(texts, [
      { state: "past", title: texts.get("status.accepted"), time: r.received_at },
      { state: "now", title: texts.get("status.handed_over.next"), text: texts.get("status.handed_over.text") },
      { state: "future", title: texts.get("status.examination"), text: texts.get("ui.receipt.examination") },
      { state: "future", title: texts.get("ui.receipt.appointment"), text: texts.get("ui.receipt.appointment.text") },
    ])}
    ${lacking.length ? html`<div class="space-2">${form.note("warn", "clock", texts.count("ui.missing", lacking.length), texts.get("ui.receipt.missing.text"), undefined, html`<ul class="plain">${lacking.map((id) => html`<li>${texts.get(`evidence.${id}.name`)}</li>`)}</ul>`)}</div>` : nothing}
    <div class="space">${form.note("", "info", texts.get("ui.receipt.meaning"), texts.get("ui.receipt.meaning.text"))}</div>
    ${this.family()}
    <p class="small muted space-2">${texts.get("ui.receipt.draft")}</p></div>`;
  }

  /** The next application for somebody of the family, below this receipt; what the family shares goes along. */
  private family(): TemplateResult {
    const { form } = this;
    const { texts } = form;
    const reunion = "at-familiennachzug";
    const other = form.service !== reunion && form.view.authority.offers?.includes(reunion);
    const go = (service: string) => () => form.follow(service, this.receipt.receipt);
    return html`<div class="after">${form.heading(form.level, texts.get("ui.family.title"), "h2")}<p>${texts.get("ui.family.text")}</p>
      <div class="acts"><button class="btn btn-2" type="button" @click=${go(form.service)}>${texts.get("ui.family.same")}</button>
      ${other ? html`<button class="btn btn-2" type="button" @click=${go(reunion)}>${texts.get("ui.family.reunion")}</button>` : nothing}</div></div>`;
  }

  /** Number and code stand in the fragment, which is never sent and which the status page removes from the address. */
  private statusLink(): string {
    const address = new URL(this.receipt.status_url, origin);
    address.hash = String(new URLSearchParams({ case: this.receipt.case_number, code: this.code }));
    return address.href;
  }

  private ticket(): TemplateResult {
    const { texts } = this.form;
    const r = this.receipt;
    return html`<div class="ticket"><dl><div class="full"><dt>${texts.get("ui.receipt.number")}</dt><dd class="code number">${r.case_number}</dd></div>
      <div class="full"><dt>${texts.get("ui.receipt.code")}</dt><dd class="with-copy"><span class="code">${codeView(this.code)}</span>
        <button class="btn-link no-print" type="button" @click=${this.copy}>${icon(this.copied ? "check" : "copy")}${texts.get(this.copied ? "ui.receipt.copied" : "ui.receipt.copy")}</button><span class="vh" role="status">${this.copied ? texts.get("ui.receipt.copied") : nothing}</span></dd></div></dl>
      <div class="qr">${r.qr?.length ? qr(r.qr, texts.get("ui.receipt.qr")) : nothing}<div><strong>${texts.get("ui.receipt.keep")}</strong><p class="muted">${texts.get("ui.receipt.keep.text")}</p></div></div></div>`;
  }
}

const warn = (e: BeforeUnloadEvent): void => e.preventDefault();

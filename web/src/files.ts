// A list of files on their way: chosen, sent one after the other, sent again by hand, removed. The evidence page and
// the answer to a question share it.
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { call, Failure } from "./api";
import { newUUID, type StoredDocument } from "./draft";
import { icon } from "./icons";
import type { Texts } from "./text";
import { accepted, documentPath, precheck, send, type Target, type Transfer } from "./upload";

export interface Item {
  id: string;
  group: string; // evidence id, or the question
  name: string;
  size: number;
  pages?: number;
  state: "waiting" | "sending" | "done" | "failed" | "refused";
  percent: number;
  problem?: { key: string; args?: Record<string, string | number>; detail?: string; sizes?: { size: number; limit: number } };
  file?: File;
  transfer?: Transfer;
}

export interface Limits {
  document: number;
  total: number;
  count: number;
}

/** A name that rather breaks before its ending than inside of it. */
const breakable = (name: string) => {
  const dot = name.lastIndexOf(".");
  return dot > 0 ? html`${name.slice(0, dot)}<wbr>${name.slice(dot)}` : name;
};

export class Files {
  items: Item[];

  constructor(
    private readonly target: () => Target,
    private readonly texts: () => Texts,
    readonly limits: Limits,
    private readonly changed: () => void,
    private readonly focus: (selector: string) => void,
    stored: readonly StoredDocument[] = [],
  ) {
    this.items = stored.map((d): Item => ({ id: d.id, group: d.evidence, name: d.name, size: d.size, pages: d.pages, state: "done", percent: 100 }));
  }

  of(group: string): Item[] {
    return this.items.filter((i) => i.group === group);
  }

  /** What has arrived at the platform. */
  done(): StoredDocument[] {
    return this.items.flatMap((i) => (i.state === "done" ? [{ id: i.id, evidence: i.group, name: i.name, size: i.size, pages: i.pages }] : []));
  }

  get busy(): boolean {
    return this.items.some((i) => i.state === "sending" || i.state === "waiting");
  }

  get bytes(): number {
    return this.items.reduce((sum, i) => (i.state === "refused" ? sum : sum + i.size), 0);
  }

  add(group: string, files: Iterable<File>, max: number): void {
    for (const file of files) {
      const item: Item = { id: newUUID(), group, name: file.name.normalize("NFC"), size: file.size, state: "waiting", percent: 0, file };
      item.problem = precheck(file, this.limits.document) ?? this.room(item, max);
      if (item.problem) item.state = "refused";
      this.items.push(item);
    }
    this.changed();
    this.resume();
  }

  private room(item: Item, max: number): Item["problem"] {
    const there = this.items.filter((i) => i.state !== "refused");
    if (there.filter((i) => i.group === item.group).length >= max) return { key: "ui.upload.error.max", args: { max } };
    if (there.length >= this.limits.count) return { key: "ui.upload.error.count", args: { max: this.limits.count } };
    if (this.bytes + item.size > this.limits.total) return { key: "ui.upload.error.total", sizes: { size: this.bytes + item.size, limit: this.limits.total } };
    return undefined;
  }

  /** Sends what waits, one file at a time: phones are slow enough. */
  resume(): void {
    if (!navigator.onLine || this.items.some((i) => i.state === "sending")) return;
    const next = this.items.find((i) => i.state === "waiting");
    if (next?.file) void this.transfer(next, next.file);
  }

  private async transfer(item: Item, file: File): Promise<void> {
    item.state = "sending";
    item.percent = 0;
    item.problem = undefined;
    item.transfer = send(this.target(), item.id, file, (percent) => {
      item.percent = percent;
      this.changed();
    });
    this.changed();
    try {
      const sent = await item.transfer.done;
      Object.assign(item, { state: "done", percent: 100, name: sent.name, size: sent.size, pages: sent.pages, file: undefined });
    } catch (error) {
      this.fail(item, error instanceof Failure ? error : new Failure(0));
    }
    item.transfer = undefined;
    this.changed();
    this.resume();
  }

  private fail(item: Item, f: Failure): void {
    if (f.status === -1) return; // stopped by the person
    if (f.status === 0 && !navigator.onLine) {
      item.state = "waiting";
      return;
    }
    item.state = f.passing ? "failed" : "refused";
    item.problem = { key: f.key || "ui.upload.error.interrupted", args: f.problem.args, detail: f.problem.detail };
  }

  private again(item: Item): void {
    item.state = "waiting";
    item.problem = undefined;
    this.changed();
    this.resume();
  }

  private remove(item: Item): void {
    this.items = this.items.filter((i) => i !== item);
    item.transfer?.stop();
    this.forget(item);
    this.changed();
    this.focus(`#${CSS.escape(`group-${item.group}`)}`);
    this.resume();
  }

  /** The platform deletes what nobody submits anyway; this is only sooner. */
  private forget(item: Item): void {
    if (item.state === "refused") return;
    const t = this.target();
    call(documentPath(t.draft, item.id), { method: "DELETE", language: t.language, headers: { "Draft-Key": t.key, "X-Authority": t.ags } }).catch(() => undefined);
  }

  dropAll(): void {
    for (const item of this.items) {
      item.transfer?.stop();
      this.forget(item);
    }
    this.items = [];
  }

  /** The documents are gone on the platform: the person has to choose them again. */
  lost(): void {
    this.items = this.items.filter((i) => i.state !== "done");
    this.changed();
  }

  // --- drawing

  list(group: string): unknown {
    const items = this.of(group);
    return items.length ? html`<ul class="files">${repeat(items, (i) => i.id, (i) => this.item(i))}</ul>` : nothing;
  }

  picker(group: string, name: string, max: number): unknown {
    if (this.of(group).filter((i) => i.state !== "refused").length >= max) return nothing;
    const pick = (e: Event) => {
      const input = e.target as HTMLInputElement;
      this.add(group, [...(input.files ?? [])], max);
      input.value = "";
    };
    const t = this.texts();
    return html`<div class="add"><div class="pick"><input type="file" accept=${accepted} ?multiple=${max > 1} aria-label="${t.get("ui.upload.choose")}: ${name}" @change=${pick}>
      <span class="btn btn-2 btn-sm" aria-hidden="true">${icon("upload")}${t.get(this.of(group).length ? "ui.upload.more" : "ui.upload.choose")}</span></div></div>`;
  }

  private sentence(p: NonNullable<Item["problem"]>): string {
    const t = this.texts();
    const args = p.sizes ? { size: t.size(p.sizes.size), limit: t.size(p.sizes.limit) } : p.args;
    return t.has(p.key) ? t.get(p.key, args) : (p.detail ?? t.get("ui.upload.error.interrupted"));
  }

  private item(i: Item): TemplateResult {
    const t = this.texts();
    const bad = i.state === "refused" || i.state === "failed";
    const named = html`<span class="vh">: ${i.name}</span>`;
    return html`<li class="file ${bad ? "bad" : ""}"><span class="pic">${icon(bad ? "alert" : "document")}</span><div>
        <p class="nm"><bdi>${breakable(i.name)}</bdi></p>${this.stateOf(i)}</div>
      ${i.problem ? html`<p class="st bad full" role="alert">${this.sentence(i.problem)}</p>` : nothing}
      <div class="do">${i.state === "failed" ? html`<button class="btn-link" type="button" @click=${() => this.again(i)}>${icon("retry")}${t.get("ui.upload.retry")}${named}</button>` : nothing}
        <button class="btn-link" type="button" @click=${() => this.remove(i)}>${icon(i.state === "sending" ? "cross" : "trash")}${t.get(i.state === "sending" ? "ui.upload.stop" : "ui.remove")}${named}</button></div></li>`;
  }

  private stateOf(i: Item): unknown {
    const t = this.texts();
    switch (i.state) {
      case "waiting":
        return html`<p class="st muted">${t.get(navigator.onLine ? "ui.upload.queued" : "ui.upload.waiting")}</p>`;
      case "sending":
        return html`<progress value=${i.percent} max="100" aria-label=${i.name}></progress><p class="st muted num">${t.get(i.percent < 100 ? "ui.upload.percent" : "ui.upload.checking", { n: i.percent })}</p>`;
      case "done":
        return html`<p class="st muted">${i.pages ? html`${t.count("ui.upload.pages", i.pages)}, ` : nothing}<bdi>${t.size(i.size)}</bdi></p><p class="st good" role="status">${icon("done")} ${t.get("ui.upload.done")}</p>`;
    }
    return html`<p class="st muted"><bdi>${t.size(i.size)}</bdi></p>`;
  }

  total(): unknown {
    if (!this.items.length) return nothing;
    const near = this.bytes > this.limits.total * 0.8;
    const t = this.texts();
    return html`<p class="small num total ${near ? "near" : "muted"}">${t.get("ui.upload.total", { size: t.size(this.bytes), limit: t.size(this.limits.total) })}</p>`;
  }
}

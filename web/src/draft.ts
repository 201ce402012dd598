// The draft on this device: what was typed, and the keys that the browser made. It lives in IndexedDB of the page's
// origin, for thirty days, and nowhere else. Without permission to save it lives in memory only.
import type { Typed } from "./entry";

export interface StoredDocument {
  id: string;
  evidence: string;
  name: string;
  size: number;
  pages?: number;
}

export interface Draft {
  version: 1;
  id: string; // UUID, also of the documents that wait on the platform
  key: string; // 32 bytes, base64url: opens those documents
  submission: string; // UUID: the same again gives the same receipt
  code: string; // access code, 24 characters of Crockford's base32
  language?: string; // chosen by the person
  hash: string; // of the definition that was last shown
  lawDay?: string; // and its day of law
  page: string;
  visited: string[];
  typed: Record<string, Typed>;
  documents: StoredDocument[];
  related?: SignedReceipt; // of an application before, of the same family
  sent?: string; // the last body whose fate is not known
  saved: number; // milliseconds
}

/** A receipt as the platform signed it (flattened JWS). */
export interface SignedReceipt {
  payload: string;
  protected: string;
  signature: string;
}

const lifetime = 30 * 24 * 3600 * 1000;
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

const random = (n: number): Uint8Array => crypto.getRandomValues(new Uint8Array(n));

/** 120 random bits as 24 characters of Crockford's base32. */
export const newAccessCode = (): string => Array.from(random(24), (b) => alphabet[b & 31]).join("");

export const newDraftKey = (): string => btoa(String.fromCharCode(...random(32))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

/** A random UUID (RFC 9562 § 5.4); crypto.randomUUID is missing on pages without TLS. */
export function newUUID(): string {
  const b = random(16);
  b[6] = (b[6]! & 0x0f) | 0x40;
  b[8] = (b[8]! & 0x3f) | 0x80;
  const hex = Array.from(b, (n) => n.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

export const newDraft = (): Draft => ({
  version: 1, id: newUUID(), key: newDraftKey(), submission: newUUID(), code: newAccessCode(),
  hash: "", page: "", visited: [], typed: {}, documents: [], saved: 0,
});

/** The access code as people copy it: six groups of four. */
export const grouped = (code: string): string[] => code.match(/.{1,4}/g) ?? [];

/** The drafts of this origin; every call fails where the browser refuses to store. */
export class Drafts {
  private db?: Promise<IDBDatabase>;

  constructor(private readonly name: string) {}

  private open(): Promise<IDBDatabase> {
    this.db ??= new Promise((resolve, reject) => {
      const request = indexedDB.open("aufenthalt", 1);
      request.onupgradeneeded = () => request.result.createObjectStore("drafts");
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => {
        this.db = undefined; // the next try opens it again
        reject(request.error);
      };
    });
    return this.db;
  }

  private async run<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    const db = await this.open();
    return new Promise((resolve, reject) => {
      const transaction = db.transaction("drafts", mode);
      const request = work(transaction.objectStore("drafts"));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
      transaction.onerror = () => reject(transaction.error);
    });
  }

  /** The draft, or "expired" after thirty days, when it is deleted. */
  async load(now: number): Promise<Draft | "expired" | undefined> {
    const found = await this.run<unknown>("readonly", (store) => store.get(this.name));
    if (!isDraft(found)) return undefined;
    if (now - found.saved <= lifetime) return found;
    await this.wipe();
    return "expired";
  }

  async save(draft: Draft): Promise<void> {
    await this.run("readwrite", (store) => store.put(draft, this.name));
  }

  async wipe(): Promise<void> {
    await this.run("readwrite", (store) => store.delete(this.name));
  }
}

const isDraft = (d: unknown): d is Draft => typeof d === "object" && d !== null && (d as Draft).version === 1 && typeof (d as Draft).typed === "object";

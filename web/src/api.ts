// The way to the platform: JSON over fetch, no cookies, errors as problem documents (RFC 9457).

/** The platform is where the script comes from. */
export const origin = new URL(import.meta.url).origin;

export interface FieldProblem {
  field?: string;
  key: string;
  args?: Record<string, string>;
  detail?: string;
}

/** An answer of the platform that is no success. Status 0: there was no answer. */
export class Failure extends Error {
  constructor(
    readonly status: number,
    readonly problem: Partial<FieldProblem> & { errors?: FieldProblem[]; reference?: string } = {},
  ) {
    super(problem.key ?? "no answer");
  }

  get key(): string {
    return this.problem.key ?? "";
  }

  /** There is reason to try the same again. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export interface Call {
  method?: string;
  language: string;
  headers?: Record<string, string>;
  body?: string;
}

const patience = 30_000; // milliseconds until an answer must begin

/** Calls and gives the answer; a Failure otherwise, also when the platform stays silent. */
export async function call(path: string, c: Call): Promise<Response> {
  const headers: Record<string, string> = { "Accept-Language": c.language, ...c.headers };
  if (c.body !== undefined) headers["Content-Type"] = "application/json";
  let response: Response;
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), patience);
  try {
    response = await fetch(origin + path, { method: c.method ?? "GET", headers, body: c.body, credentials: "omit", referrerPolicy: "no-referrer", signal: silence.signal });
  } catch {
    throw new Failure(0);
  } finally {
    clearTimeout(timer);
  }
  if (!response.ok) throw new Failure(response.status, await problemOf(response));
  return response;
}

async function problemOf(response: Response): Promise<Failure["problem"]> {
  try {
    return parseProblem(await response.text());
  } catch {
    return {};
  }
}

/** Reads a problem document; nothing when it is none. */
export function parseProblem(body: string): Failure["problem"] {
  try {
    const p: unknown = JSON.parse(body);
    return p !== null && typeof p === "object" ? (p as Failure["problem"]) : {};
  } catch {
    return {};
  }
}

export const json = async <T>(path: string, c: Call): Promise<T> => (await call(path, c)).json() as Promise<T>;

/** Basic authentication with case number and access code; both are ASCII. */
export const basic = (number: string, code: string): Record<string, string> => ({ Authorization: "Basic " + btoa(`${number}:${code}`) });

/** Offers a file of the platform as a download. */
export async function download(path: string, c: Call, name: string): Promise<void> {
  const blob = await (await call(path, c)).blob();
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

// Sends one document to the platform and tells how far it is. fetch cannot tell that, hence XMLHttpRequest.
import { Failure, origin, parseProblem } from "./api";

export interface Sent {
  id: string;
  name: string;
  type: string;
  size: number;
  pages?: number;
}

export interface Target {
  draft: string;
  key: string;
  ags: string;
  language: string;
}

export interface Transfer {
  done: Promise<Sent>;
  stop(): void;
}

export const accepted = "application/pdf,image/jpeg,image/png";

/** What is wrong with a file before it is sent: key and placeholders of the sentence. */
export function precheck(file: { name: string; type: string; size: number }, limit: number): { key: string; sizes?: { size: number; limit: number } } | undefined {
  if (/\.(docx?|odt|rtf|pages)$/i.test(file.name)) return { key: "ui.upload.error.word" };
  if (/\.hei[cf]$/i.test(file.name)) return { key: "ui.upload.error.heic" };
  if (!/^(application\/pdf|image\/(jpeg|png))$/.test(file.type) && !/\.(pdf|jpe?g|png)$/i.test(file.name)) return { key: "ui.upload.error.type" };
  if (file.size === 0) return { key: "ui.upload.error.empty" };
  if (file.size > limit) return { key: "ui.upload.error.large", sizes: { size: file.size, limit } };
  return undefined;
}

/** The type that the browser claims; by the name where the system does not know. */
function typeOf(file: File): string {
  if (file.type) return file.type;
  return /\.pdf$/i.test(file.name) ? "application/pdf" : /\.png$/i.test(file.name) ? "image/png" : "image/jpeg";
}

export const documentPath = (draft: string, id: string): string => `/api/v1/drafts/${draft}/documents/${id}`;

/** Sends a file; the same id again replaces what is there. */
export function send(target: Target, id: string, file: File, progress: (percent: number) => void): Transfer {
  const request = new XMLHttpRequest();
  const done = new Promise<Sent>((resolve, reject) => {
    request.open("PUT", origin + documentPath(target.draft, id));
    request.setRequestHeader("Draft-Key", target.key);
    request.setRequestHeader("Content-Type", typeOf(file));
    request.setRequestHeader("Document-Name", encodeURIComponent(file.name.normalize("NFC")));
    request.setRequestHeader("X-Authority", target.ags);
    request.setRequestHeader("Accept-Language", target.language);
    request.upload.onprogress = (e) => {
      if (e.lengthComputable) progress(Math.floor((e.loaded / e.total) * 100));
    };
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(JSON.parse(request.responseText) as Sent);
      else reject(new Failure(request.status, parseProblem(request.responseText)));
    };
    request.onerror = request.ontimeout = () => reject(new Failure(0));
    request.onabort = () => reject(new Failure(-1));
    request.send(file);
  });
  return { done, stop: () => request.abort() };
}

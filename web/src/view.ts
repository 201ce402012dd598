// The definition view: what the server sends about one service on one day, for one authority, in one language.
import type { Tree } from "./rule";

export type FieldType =
  | "text" | "longtext" | "choice" | "choices" | "country" | "nationality" | "nationalities" | "date" | "partial_date"
  | "money" | "int" | "decimal" | "bool" | "email" | "phone" | "postcode";

export interface Option {
  value: string;
  when?: Tree;
}

export interface Field {
  id: string;
  type: FieldType;
  required: boolean;
  when?: Tree;
  options?: Option[];
  style?: string;
  max?: number; // characters, entries, whole number or whole euros, by type
  min?: number;
  latin?: boolean;
  declaration?: boolean;
  autocomplete?: string;
  width?: string;
  period?: string;
  past?: boolean;
  future?: string;
  basis: string[];
  household?: string[]; // questions of an application before whose answer is proposed here
}

export type PageKind = "notice" | "form" | "evidence" | "declarations";

export interface Page {
  id: string;
  kind: PageKind;
  when?: Tree;
  fields: string[];
  notices: string[];
}

export interface Evidence {
  id: string;
  level: "submit" | "decide" | "helpful";
  when?: Tree;
  min: number;
  max: number;
  basis: string[];
}

export interface Notice {
  id: string;
  page: string;
  kind: "blocker" | "warning" | "hint";
  when?: Tree;
  basis: string[];
  link?: string;
}

export interface Check {
  id: string;
  field: string;
  when: Tree;
  kind: "error" | "warning";
}

export interface Fee {
  code: string;
  when?: Tree;
  amount?: string;
  minor?: string;
  minor_when?: Tree;
  basis?: string;
}

/** A way of the router: a service, with choices that are made there already. */
export interface Route {
  id: string;
  when?: Tree;
  service: string;
  answers: Record<string, string>;
  basis: string[];
}

/** A service to which routes lead: its title, and the questions that it takes over, of a choice with the options it has. */
export interface Target {
  title: string;
  carried: Record<string, string[]>;
}

export interface Authority {
  ags: string;
  name: string;
  address: string[];
  contact?: string;
  phone?: string;
  email?: string;
  privacy_url?: string;
  imprint_url?: string;
  offers?: string[]; // services that it has online
}

export interface View {
  service: string;
  hash: string;
  law_day: string;
  languages: string[];
  language: string;
  binding: string;
  authority: Authority;
  environment: string;
  limits: { document_bytes: number; total_bytes: number; documents: number };
  pages: Page[];
  fields: Record<string, Field>;
  evidence: Evidence[];
  notices: Notice[];
  checks: Check[];
  fees: Fee[];
  parameters: Record<string, { type: string; value: string }>;
  routes?: Route[]; // of the router
  targets?: Record<string, Target>;
  countries: [string, string][];
  nationalities: [string, string][];
  texts: Record<string, string>;
}

/** An answer as it travels; an unanswered question is absent. */
export type Answer = string | string[] | number | boolean;
export type Answers = Record<string, Answer>;

/** The step after all pages of a definition. */
export const summaryPage = "summary";

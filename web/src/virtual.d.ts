declare module "virtual:latin" {
  /** The single characters of data type C of DIN 91379. */
  export const letters: string;
  /** Base letters with combining marks that are allowed. */
  export const sequences: string[];
}

declare module "virtual:texts/*" {
  const texts: Record<string, string>;
  export default texts;
}

declare module "*.css" {
  const sheet: string;
  export default sheet;
}

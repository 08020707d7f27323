/** What binds closer than a fraction or a power needs no brackets. */
const SIMPLE = /^[\p{L}\p{N}.,′']*$/u

/** A part of a formula that stands beside a sign. */
export function grouped(part: string): string {
  return SIMPLE.test(part) ? part : `(${part})`
}

export const fraction = (above: string, below: string) => `${grouped(above)}/${grouped(below)}`
export const raised = (base: string, power: string) => `${base}^${grouped(power)}`
export const lowered = (base: string, index: string) => `${base}_${grouped(index)}`

/** @param degree empty for a square root */
export function root(under: string, degree: string): string {
  if (degree === '') return `√${grouped(under)}`
  return `${grouped(degree)}√${grouped(under)}`
}

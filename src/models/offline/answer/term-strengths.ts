import { stemOf } from '../../../engine/text/stem.ts'
import type { AskedTerm, Vocabulary } from './asked-terms.ts'
import { type IndexedUnit, type Layer, SENTENCE_BEFORE, type UnitIndex } from './indexed-units.ts'
import { verbForms } from './irregular-verbs.ts'
import type { TimeSlice } from './time-slice.ts'

/** What another form of a word is worth beside the word. */
const OTHER_FORM = 0.8
/** What its stem is worth beside the word as the question has it: past and present tell things apart. */
const OTHER_ENDING = 0.95
/** What a figure with its unit is worth beside the word that asks for it. */
const TOLD_IN_FIGURES = 0.8

/** How a word of the question is spoken of. */
export interface WeighedTerm extends AskedTerm {
  /** Greater for a word that few sentences have. */
  readonly worth: number
  /** For each unit that speaks of it, from 0 to 1; 1 for the very word in the unit itself. */
  readonly strengths: ReadonlyMap<IndexedUnit, number>
}

/** Each asked word with the units that speak of it. */
export async function weighedTerms(
  terms: readonly AskedTerm[],
  { units, vocabulary }: UnitIndex,
  slice: TimeSlice,
): Promise<WeighedTerm[]> {
  const weighed: WeighedTerm[] = []
  for (const term of terms) {
    await slice.pause()
    const forms = formsOf(term, vocabulary)
    const strengths = new Map<IndexedUnit, number>()
    let holders = 0
    for (const unit of units) {
      if (slice.isOver) await slice.pause()
      const own = strongest(forms, (stem) => (unit.stems.has(stem) ? 1 : 0))
      const strength = strengthIn(unit, term, forms, own)
      if (strength > 0) strengths.set(unit, strength)
      if (own > 0) holders += 1
    }
    weighed.push({ ...term, strengths, worth: rarity(units.length, holders) })
  }
  return weighed
}

function strengthIn(
  { text, above: layers, stemsBefore }: IndexedUnit,
  term: AskedTerm,
  forms: ReadonlyMap<string, number>,
  /** How strongly its own words speak of it. */
  own: number,
): number {
  if (own === 1 && text.toLowerCase().includes(term.word)) return 1
  const above = strongest(forms, (stem) =>
    Math.max(worthIn(layers, stem), stemsBefore?.has(stem) ? SENTENCE_BEFORE : 0),
  )
  const told = own < 1 && term.told?.test(text) ? TOLD_IN_FIGURES : 0
  return Math.max(own * OTHER_ENDING, above, told)
}

function formsOf({ stem, word }: AskedTerm, vocabulary: Vocabulary): ReadonlyMap<string, number> {
  const others = [...vocabulary.formsOf(stem), ...verbForms(word).map(stemOf)]
  return new Map([...others.map((form) => [form, OTHER_FORM] as const), [stem, 1]])
}

function strongest(forms: ReadonlyMap<string, number>, found: (stem: string) => number): number {
  let best = 0
  for (const [stem, likeness] of forms) best = Math.max(best, likeness * found(stem))
  return best
}

function worthIn(layers: readonly Layer[], stem: string): number {
  let worth = 0
  for (const layer of layers) if (layer.worth > worth && layer.stems.has(stem)) worth = layer.worth
  return worth
}

function rarity(units: number, holders: number): number {
  return Math.log(1 + (units - holders + 0.5) / (holders + 0.5)) + 0.1
}

/** Which share of what the question asks about a unit speaks of, by worth; from 0 to 1. */
export function coverageOf(units: readonly IndexedUnit[], terms: readonly WeighedTerm[]): number {
  let all = 0
  let told = 0
  for (const { worth, strengths } of terms) {
    all += worth
    told += worth * units.reduce((most, unit) => Math.max(most, strengths.get(unit) ?? 0), 0)
  }
  return all === 0 ? 0 : told / all
}

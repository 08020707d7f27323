import { nameKey } from '../../../engine/text/name-key.ts'
import { STOP_WORDS } from '../../../engine/text/stop-words.ts'
import type { NameSpan } from './capitalised-names.ts'

/** The names of one text. */
export interface NameBook {
  /** As it was first written, by {@link nameKey}. */
  readonly names: ReadonlyMap<string, string>
  /** The key under which a span goes, or null when it is no name. */
  keyOf(span: NameSpan): string | null
}

/** What spells names in one text, each in the order of the text. */
export interface NameSources {
  readonly title: string | null
  readonly quoted: readonly NameSpan[]
  readonly spans: readonly NameSpan[]
  readonly speakers: readonly NameSpan[]
}

/** Decides which spans are names, and which of them stand for one and the same. */
export function resolveNames(sources: NameSources): NameBook {
  const names = namesOf(sources)
  const fuller = fullerNames([...sources.speakers, ...sources.spans])
  return {
    names,
    keyOf(span) {
      const own = nameKey(span.name)
      const full = fuller.get(own)
      const key = full !== undefined && names.has(full) ? full : own
      return names.has(key) ? key : null
    },
  }
}

function namesOf({ title, quoted, spans, speakers }: NameSources): Map<string, string> {
  const names = new Map<string, string>()
  for (const { name } of quoted) names.set(nameKey(name), name)
  for (const { name, certain } of spans) {
    const key = nameKey(name)
    if (certain && key.length > 1 && !STOP_WORDS.has(key) && !names.has(key)) names.set(key, name)
  }
  if (title !== null) names.set(nameKey(title), title)
  for (const { name } of speakers) if (!names.has(nameKey(name))) names.set(nameKey(name), name)
  names.delete('')
  return names
}

/**
 * A lone first name or surname stands for the fuller name that the same text gives, the first such
 * one: "Solovej" for "Jan Philip Solovej". "Zurich" does not stand for "University of Zurich".
 */
function fullerNames(spans: readonly NameSpan[]): Map<string, string> {
  const fuller = new Map<string, string>()
  for (const { name, certain } of spans) {
    const words = nameKey(name).split(' ')
    if (words.length < 2 || words.length > 3 || words.includes('of') || !certain) continue
    for (const part of [words[0], words.at(-1)]) {
      if (part !== undefined && part.length > 2 && !fuller.has(part)) {
        fuller.set(part, words.join(' '))
      }
    }
  }
  return fuller
}

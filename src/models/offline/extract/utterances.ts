import type { NameSpan } from './capitalised-names.ts'

/** One line of a conversation: who says it, and where it stands in the text. */
export interface Utterance {
  readonly speaker: string
  readonly start: number
  readonly end: number
}

const LABEL =
  /^[ \t]*(\p{Lu}[\p{L}\p{M}\p{N}.'’-]{0,29}(?: [\p{L}\p{M}\p{N}.'’-]{1,30}){0,3})[:：][ \t]*(?=\S)/u
const JOINED = /^(?:\p{Lu}\p{Ll}+){2,4}$/u

const spaced = (name: string) =>
  JOINED.test(name) ? name.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2') : name

/** "WolfgangSchulz" is how chats write the name of a speaker: "Wolfgang Schulz". */
export function splitSpeaker(span: NameSpan): NameSpan[] {
  return JOINED.test(span.name) ? [{ ...span, name: spaced(span.name), certain: true }] : [span]
}

/** The lines of a conversation. A label that comes once ("Note:") is no speaker. */
export function utterances(text: string): Utterance[] {
  const found: Utterance[] = []
  const times = new Map<string, number>()
  let start = 0
  for (const line of text.split('\n')) {
    const label = LABEL.exec(line.slice(0, 200))?.[1]
    if (label !== undefined) {
      const speaker = spaced(label)
      times.set(speaker, (times.get(speaker) ?? 0) + 1)
      found.push({ speaker, start, end: start + line.length })
    }
    start += line.length + 1
  }
  return found.filter(({ speaker }) => (times.get(speaker) ?? 0) > 1)
}

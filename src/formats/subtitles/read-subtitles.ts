import type { TextBuilder } from '../text/text-builder.ts'
import { UnreadableFile } from '../unreadable-file.ts'
import { type Cue, cuesOf } from './cues.ts'

/** A pause of the speech after which a paragraph begins, in seconds. */
const PAUSE = 4
/** In characters; a paragraph ends with the sentence that makes it longer. */
const LONG = 400
const SENTENCE_END = /[.!?…。！？]["'”’)»]?$/

interface Paragraph {
  readonly start: number
  readonly speaker: string
  end: number
  readonly words: string[]
  length: number
}

/**
 * Writes what subtitles (WebVTT or SRT) say as paragraphs, each with the time at which it begins:
 * `[1:02:03] Ada: ...`.
 *
 * @throws {UnreadableFile} when there are no subtitles in it
 */
export function readSubtitles(text: string, builder: TextBuilder): void {
  const cues = cuesOf(text)
  if (cues.length === 0) throw new UnreadableFile('The file holds no subtitles.')
  let open: Paragraph | null = null
  let last = ''
  for (const cue of cues) {
    // Those that roll say each line twice.
    const lines = cue.lines.filter((line) => line !== last)
    last = cue.lines.at(-1) ?? last
    if (lines.length === 0) continue
    if (open === null || isApart(open, cue)) {
      write(open, builder)
      open = { start: cue.start, speaker: cue.speaker, end: cue.end, words: [], length: 0 }
    }
    for (const line of lines) {
      open.words.push(line)
      open.length += line.length + 1
    }
    open.end = cue.end
  }
  write(open, builder)
}

function isApart({ speaker, end, length, words }: Paragraph, cue: Cue): boolean {
  if (cue.speaker !== speaker || cue.start - end > PAUSE) return true
  return length > 2 * LONG || (length > LONG && SENTENCE_END.test(words.at(-1) ?? ''))
}

function write(paragraph: Paragraph | null, builder: TextBuilder): void {
  if (paragraph === null) return
  const { start, speaker, words } = paragraph
  const who = speaker === '' ? '' : `${speaker}: `
  builder.paragraph(`[${timeOf(start)}] ${who}${words.join(' ')}`)
}

function timeOf(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const whole = Math.floor(seconds)
  const hours = Math.floor(whole / 3600)
  const minutes = Math.floor(whole / 60) % 60
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`
}

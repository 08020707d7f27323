import { decodeHTML } from 'entities'

/** What is said at one time. */
export interface Cue {
  /** In seconds, as is `end`. */
  readonly start: number
  readonly end: number
  /** Empty where nobody is named. */
  readonly speaker: string
  readonly lines: readonly string[]
}

const TIMES =
  /^(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})[ \t]+-->[ \t]+(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})/
const VOICE = /^<v(?:\.[^\s<>]{1,100})?[ \t]+([^<>]{1,100})>/
/** Styles of WebVTT, times within a cue, and those of SRT, of which some have braces. */
const MARKS = /<[^<>]{0,200}>|\{\\[^{}]{0,100}\}/g

/** The cues of a WebVTT or SRT file, in its order. What has no times is none. */
export function cuesOf(text: string): Cue[] {
  // SRT has no entities.
  const decoded = /^\ufeff?WEBVTT/.test(text) ? decodeHTML : (words: string) => words
  const cues: Cue[] = []
  let open: { start: number; end: number; speaker: string; lines: string[] } | null = null
  for (const line of text.replace(/^\ufeff/, '').split(/\r\n?|\n/)) {
    const times = TIMES.exec(line.trim())
    if (times) {
      // The number of this cue, where no blank line stands before it.
      if (/^\d{1,9}$/.test(open?.lines.at(-1) ?? '')) open?.lines.pop()
      open = { start: seconds(times, 1), end: seconds(times, 5), speaker: '', lines: [] }
      cues.push(open)
    } else if (line.trim() === '') open = null
    else if (open) {
      open.speaker ||= decoded(VOICE.exec(line)?.[1]?.trim() ?? '')
      const words = decoded(line.replace(MARKS, '')).replace(/\s+/g, ' ').trim()
      if (words !== '') open.lines.push(words)
    }
  }
  return cues.filter(({ lines }) => lines.length > 0)
}

function seconds(times: RegExpExecArray, from: number): number {
  const [hours, minutes, whole, part] = times.slice(from, from + 4)
  const thousandths = Number((part ?? '').padEnd(3, '0'))
  return (Number(hours ?? 0) * 60 + Number(minutes)) * 60 + Number(whole) + thousandths / 1000
}
